"""A Kubernetes API as far as a Vault asks it: who is behind this token of a service account?

kubernetes.py PORT FOLDER     writes FOLDER/service-account.jwt and answers on loopback until it is ended
"""

import base64
import hashlib
import hmac
import http.server
import json
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
    text = f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}"
    seal = hmac.new(b"nobody checks this", text.encode(), hashlib.sha256).digest()
    return f"{text}.{base64.urlsafe_b64encode(seal).rstrip(b'=').decode()}"


TOKEN = service_account_token()


class Api(http.server.BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        review = json.loads(self.rfile.read(int(self.headers["content-length"])))
        known = review["spec"]["token"] == TOKEN
        known = known and self.path == "/apis/authentication.k8s.io/v1/tokenreviews"
        user = {"username": "system:serviceaccount:default:make", "uid": "u-1", "groups": []}
        review["status"] = {"authenticated": True, "user": user} if known else {"authenticated": False}
        body = json.dumps(review).encode()
        self.send_response(201)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    pathlib.Path(sys.argv[2], "service-account.jwt").write_text(TOKEN)
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Api).serve_forever()
