"""One line per check; the first failure ends the program."""

import sys


class Failed(Exception):
    """A check did not hold."""


class Report:
    def __init__(self, name):
        self.name = name

    def ok(self, what):
        print(f"ok {self.name}: {what}", flush=True)

    def skip(self, what):
        print(f"skip {self.name}: {what}", flush=True)

    def once_more(self, how):
        print(f"late {self.name}: {how}; once more", flush=True)

    def check(self, holds, what, seen=None):
        if holds:
            self.ok(what)
            return
        print(f"failed {self.name}: {what}", flush=True)
        if seen is not None:
            print(f"  saw {str(seen)[:2000]}", flush=True)
        raise Failed(what)


def end(name, failure):
    """The exit code; names what broke if it was not a check that said so."""
    if failure is None:
        return 0
    causes = [failure]
    while causes:
        cause = causes.pop()
        inner = getattr(cause, "exceptions", ())
        causes.extend(inner)
        if not inner and not isinstance(cause, Failed):
            print(f"failed {name}: {type(cause).__name__}: {cause}", flush=True)
            sys.excepthook(type(cause), cause, cause.__traceback__)
    return 1
