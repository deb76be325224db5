"""A model on loopback that calls one tool and then says a word, in both of OpenAI's streams."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What it says when the tool has answered.
END = "SCRIPT-END"


class ScriptedModel:
    """Calls `tool` with `arguments` wherever it is offered, and keeps what the tool answers."""

    def __init__(self, tool, arguments):
        self.tool, self.arguments, self.answers = tool, arguments, []

        class Handler(_Handler):
            model = self

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def close(self):
        self._server.shutdown()
        self._server.server_close()

    def find(self, offered, namespace=None):
        """The name of the tool as this client offers it, and the namespace it stands in."""
        for one in offered or []:
            name = one.get("function", one).get("name", "")
            if one.get("type") == "namespace":
                found = self.find(one.get("tools"), name)
                if found:
                    return found
            elif name.endswith(self.tool):
                return name, namespace
        return None


class _Handler(BaseHTTPRequestHandler):
    model = None

    def log_message(self, *_):
        pass

    def do_GET(self):
        body = json.dumps({"object": "list", "data": [], "models": []}).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.end_headers()
        found = self.model.find(body.get("tools"))
        if self.path.endswith("/responses"):
            self._responses(body, found)
        else:
            self._completions(body, found)

    def _event(self, data):
        kind = f"event: {data['type']}\n" if "type" in data else ""
        self.wfile.write(f"{kind}data: {json.dumps(data)}\n\n".encode())

    def _responses(self, body, found):
        given = body["input"] if isinstance(body["input"], list) else []
        answers = [one["output"] for one in given if one.get("type") == "function_call_output"]
        self.model.answers.extend(map(str, answers))
        item = {"id": "item_1", "status": "completed"}
        if found and not answers:
            name, namespace = found
            item |= {"type": "function_call", "call_id": "call_1", "name": name}
            item |= {"arguments": json.dumps(self.model.arguments)}
            if namespace:
                item["namespace"] = namespace
        else:
            text = {"type": "output_text", "text": END, "annotations": []}
            item |= {"type": "message", "role": "assistant", "content": [text]}
        whole = {"id": "response_1", "object": "response", "output": []}
        self._event({"type": "response.created", "response": whole | {"status": "in_progress"}})
        for kind in ("added", "done"):
            self._event({"type": f"response.output_item.{kind}", "output_index": 0, "item": item})
        usage = {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2}
        whole |= {"status": "completed", "output": [item], "usage": usage}
        self._event({"type": "response.completed", "response": whole})

    def _completions(self, body, found):
        answers = [one["content"] for one in body["messages"] if one["role"] == "tool"]
        self.model.answers.extend(map(str, answers))
        delta, reason = {"role": "assistant", "content": END}, "stop"
        if found and not answers:
            function = {"name": found[0], "arguments": json.dumps(self.model.arguments)}
            called = {"index": 0, "id": "call_1", "type": "function", "function": function}
            delta, reason = {"role": "assistant", "content": None, "tool_calls": [called]}, "tool_calls"
        head = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": body["model"]}
        self._event(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
        self._event(head | {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]})
        self.wfile.write(b"data: [DONE]\n\n")
