"""A deletion asked about by an assistant for the terminal: one Enter is a no, and choosing Yes a yes.

terminal.py BINARY CLIENT PROGRAM      CLIENT is `codex` or `copilot`
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from report import Report, end
from scripted_model import ScriptedModel
from zone import Zone

QUESTION = "Nothing happens unless you choose Yes."
# What each marks as chosen.
YES = {"codex": r"› 1\. True", "copilot": r"❯ Yes"}
NO = {"codex": r"› 2\. False", "copilot": r"❯ No"}


class Terminal:
    """A terminal of its own, in which a program runs."""

    def __init__(self, folder, words, environment):
        self._tmux = ["tmux", "-S", str(folder / "tmux"), "-f", "/dev/null"]
        size = ["-x", "140", "-y", "50", "-c", str(folder / "work")]
        self._run("new-session", "-d", *size, *words, env=environment)

    def _run(self, *words, env=None):
        done = subprocess.run([*self._tmux, *words], env=env, check=True, capture_output=True, text=True)
        return done.stdout

    def shows(self, pattern, seconds=60):
        """Waits until this is on the screen; the screen, where it never is."""
        until, screen = time.monotonic() + seconds, ""
        while time.monotonic() < until:
            screen = self._run("capture-pane", "-p")
            if re.search(pattern, screen):
                return None
            time.sleep(0.2)
        return screen

    def press(self, key):
        self._run("send-keys", key)

    def close(self):
        subprocess.run([*self._tmux, "kill-server"], capture_output=True, check=False)


def set_up(client, program, folder, server, model):
    """Writes the client's configuration; how it is started."""
    home = folder / "home"
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    if client == "codex":
        (home / ".codex").mkdir(parents=True)
        variables = "\n".join(f"{name} = {json.dumps(value)}" for name, value in server["env"].items())
        (home / ".codex/config.toml").write_text(f"""
model = "scripted"
model_provider = "loopback"
approval_policy = "on-request"
check_for_update_on_startup = false
[analytics]
enabled = false
[model_providers.loopback]
name = "loopback"
base_url = "{model.address}"
wire_api = "responses"
[projects."{folder / "work"}"]
trust_level = "trusted"
[mcp_servers.make]
command = {json.dumps(server["command"])}
args = ["serve"]
default_tools_approval_mode = "approve"
[mcp_servers.make.env]
{variables}
""")
        return [program, "delete it"], environment
    (home / ".copilot").mkdir(parents=True)
    make = server | {"type": "local", "args": ["serve"], "tools": ["*"]}
    (home / ".copilot/mcp-config.json").write_text(json.dumps({"mcpServers": {"make": make}}))
    trusted = {"trustedFolders": [str(folder / "work")]}
    (home / ".copilot/config.json").write_text(json.dumps(trusted))
    environment |= {
        "COPILOT_OFFLINE": "true",
        "COPILOT_AUTO_UPDATE": "false",
        "COPILOT_PROVIDER_BASE_URL": model.address,
        "COPILOT_MODEL": "scripted",
    }
    return [program, "--allow-all-tools", "-i", "delete it"], environment


def ask(check, binary, client, program, keys):
    """One session in which these keys are pressed at the question: what the tool answered, and what changed."""
    zone = Zone(binary)
    model = ScriptedModel("connections_delete", {"connectionId": 203})
    with tempfile.TemporaryDirectory(prefix="make-", ignore_cleanup_errors=True) as folder:
        folder = Path(folder)
        (folder / "work").mkdir()
        variables = {
            "MAKE_API_KEY": zone.token,
            "MAKE_ZONE": zone.address,
            "MAKE_CREDENTIALS_HOME": str(folder / "make"),
        }
        server = {"command": binary, "env": variables}
        words, environment = set_up(client, program, folder, server, model)
        terminal = Terminal(folder, words, environment)
        try:
            seen = terminal.shows(f"(?s){re.escape(QUESTION)}.*{NO[client]}")
            check(seen is None, "shows the question with No preselected", seen)
            for key, then in keys:
                terminal.press(key)
                seen = terminal.shows(then)
                check(seen is None, f"goes on after {key}", seen)
            return model.answers, [line for line in zone.requests() if not line.startswith("GET ")]
        finally:
            terminal.close()
            model.close()
            zone.close()


def prove(name, binary, client, program):
    check = Report(name).check
    enter = ("Enter", "SCRIPT-END")
    answers, changes = ask(check, binary, client, program, [enter])
    check(answers and "not_confirmed" in answers[-1], "one Enter is no yes", answers)
    check(changes == [], "one Enter deletes nothing", changes)
    answers, changes = ask(check, binary, client, program, [("Up", YES[client]), enter])
    check(answers and "not_confirmed" not in answers[-1], "choosing Yes is a yes", answers)
    check(changes == ["DELETE /api/v2/connections/203"], "choosing Yes deletes", changes)


if __name__ == "__main__":
    failure = None
    try:
        prove(f"{sys.argv[2]} in a terminal", *sys.argv[1:])
    except Exception as broken:
        failure = broken
    sys.exit(end(sys.argv[2], failure))
