"""A Kubernetes API as far as a Vault asks it: who is behind this token of a service account?

kubernetes.py FOLDER     writes FOLDER/service-account.jwt and FOLDER/port and answers there until it is ended
"""

import base64
import http.server
import json
import os
import pathlib
import sys
import time


def part(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def service_account_token() -> str:
    now = int(time.time())
    claims = {
        "iss": "https://kubernetes.default.svc",
        "sub": "system:serviceaccount:default:make",
        "aud": ["https://kubernetes.default.svc"],
        "iat": now,
        "nbf": now,
        "exp": now + 3600,
        "kubernetes.io": {"namespace": "default", "serviceaccount": {"name": "make", "uid": "u-1"}},
    }
    text = f"{part({'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}"
    # The Vault reads the claims and leaves the signature to us, who know our one token.
    seal = base64.urlsafe_b64encode(os.urandom(256)).rstrip(b"=").decode()
    return f"{text}.{seal}"


TOKEN = service_account_token()


class Api(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["content-length"])))
        known = review["spec"]["token"] == TOKEN
        known = known and self.path == "/apis/authentication.k8s.io/v1/tokenreviews"
        user = {"username": "system:serviceaccount:default:make", "uid": "u-1", "groups": []}
        yes = {"authenticated": True, "user": user, "audiences": review["spec"].get("audiences", [])}
        review["status"] = yes if known else {"authenticated": False}
        body = json.dumps(review).encode()
        self.send_response(201)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    folder = pathlib.Path(sys.argv[1])
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Api)
    folder.joinpath("service-account.jwt").write_text(TOKEN)
    folder.joinpath("port").write_text(str(server.server_port))
    server.serve_forever()
