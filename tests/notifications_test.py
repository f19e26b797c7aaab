"""Notifications to real receivers: mail with TLS and a login, webhooks that work, break, dawdle and refuse."""

import hashlib
import hmac
import http.server
import json
import os
import pathlib
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import AuthResult, LoginPassword  # noqa: E402
from jobs_test import BundleCase  # noqa: E402
from lakesmith import run  # noqa: E402


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Mailbox:
    """Keeps what a mail server takes."""

    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content.decode(), session.ssl is not None))
        return "250 OK"


class Receiver:
    """A web server that answers as told: a list of status codes, the last of which stays."""

    def __init__(self, codes=(200,), delay=0):
        receiver = self
        self.requests = []
        codes = list(codes)

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.requests.append((self.path, dict(self.headers), body))
                time.sleep(delay)
                self.send_response(codes.pop(0) if len(codes) > 1 else codes[0])
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class NotificationsTest(BundleCase):
    def receiver(self, *arguments, **named):
        receiver = Receiver(*arguments, **named)
        self.addCleanup(receiver.close)
        return receiver

    def run_bundle(self, key, env=None, code=0):
        done = run("bundle", "run", key, cwd=self.folder, env=env)
        self.assertEqual(done.returncode, code, done.stdout + done.stderr)
        return json.loads(self.lakesmith("runs", "get", "1", "-o", "json").stdout)

    def mail_server(self, **options):
        mailbox = Mailbox()
        certificate, key = self.folder / "cert.pem", self.folder / "key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                        "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
                       check=True, capture_output=True)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate, key)

        def login(server, session, envelope, mechanism, data):
            good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"lake", b"pass-word")
            return AuthResult(success=good, handled=False)

        controller = Controller(mailbox, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=True,
                                authenticator=login, auth_required=True, **options)
        controller.start()
        self.addCleanup(controller.stop)
        environment = {"LAKESMITH_SMTP_URL": f"smtp://localhost:{controller.port}", "LAKESMITH_SMTP_USER": "lake",
                       "LAKESMITH_SMTP_PASSWORD": "pass-word", "LAKESMITH_SMTP_FROM": "lake@example.com",
                       "LAKESMITH_SMTP_CA_FILE": str(certificate)}
        return mailbox, environment

    def test_mail_goes_out_with_tls_and_a_login(self):
        self.write("databricks.yml", """
            bundle: {name: n}
            resources:
              jobs:
                job:
                  name: nightly
                  email_notifications:
                    on_start: [ada@example.com]
                    on_failure: [ada@example.com, bob@example.com]
                  tasks:
                    - task_key: t
                      max_retries: 1
                      email_notifications: {on_failure: [task@example.com]}
                      shell_task: {command: "echo what went wrong; exit 4"}
            """)
        mailbox, environment = self.mail_server()
        run_record = self.run_bundle("job", environment, code=1)
        told = sorted((mail[1][0], mail[2].split("Subject: ")[1].split("\r\n")[0]) for mail in mailbox.mails)
        self.assertEqual(told, [
            ("ada@example.com", "[default] job 'nightly' has failed (run 1)"),
            ("ada@example.com", "[default] job 'nightly' has started (run 1)"),
            ("bob@example.com", "[default] job 'nightly' has failed (run 1)"),
            ("task@example.com", "[default] task 't' of job 'nightly' has failed (run 1)"),
            ("task@example.com", "[default] task 't' of job 'nightly' has failed (run 1)")])
        self.assertTrue(all(mail[3] for mail in mailbox.mails), "TLS")
        self.assertTrue(any("exit code 4: what went wrong" in mail[2] for mail in mailbox.mails))
        self.assertEqual([one["delivered"] for one in run_record["notifications"]], [True] * 5)

    def test_a_wrong_password_is_told_and_does_not_harm(self):
        self.write("databricks.yml", """
            bundle: {name: n}
            resources:
              jobs:
                job:
                  email_notifications: {on_success: [ada@example.com]}
                  tasks: [{task_key: t, shell_task: {command: "true"}}]
            """)
        _, environment = self.mail_server()
        environment["LAKESMITH_SMTP_PASSWORD"] = "wrong"
        run_record = self.run_bundle("job", environment)
        self.assertEqual(run_record["state"]["result_state"], "SUCCESS")
        [outcome] = run_record["notifications"]
        self.assertEqual((outcome["delivered"], outcome["tries"]), (False, 1), outcome)

    def test_webhooks_that_work_break_dawdle_and_refuse(self):
        good, broken, slow, refusing = self.receiver(), self.receiver([503, 500, 200]), self.receiver(delay=3), self.receiver([403])
        self.write("databricks.yml", f"""
            bundle: {{name: n}}
            resources:
              notification_destinations:
                team: {{config: {{slack: {{url: "{good.url}/slack"}}}}}}
                duty: {{config: {{pagerduty: {{url: "{good.url}/pagerduty", integration_key: "{{{{secrets/s/duty}}}}"}}}}}}
                hook: {{config: {{generic_webhook: {{url: "{good.url}/hook", secret: "sign-with-this"}}}}}}
                broken: {{config: {{generic_webhook: {{url: "{broken.url}"}}}}}}
                slow: {{config: {{generic_webhook: {{url: "{slow.url}"}}}}}}
                refusing: {{config: {{generic_webhook: {{url: "{refusing.url}"}}}}}}
                nobody: {{config: {{generic_webhook: {{url: "http://127.0.0.1:1/"}}}}}}
              jobs:
                job:
                  health: {{rules: [{{metric: RUN_DURATION_SECONDS, op: GREATER_THAN, value: 1}}]}}
                  webhook_notifications:
                    on_start: [{{id: slow}}]
                    on_success: [{{id: team}}, {{id: hook}}, {{id: duty}}]
                    on_duration_warning_threshold_exceeded: [{{id: duty}}]
                  tasks:
                    - task_key: t
                      webhook_notifications: {{on_success: [{{id: broken}}, {{id: refusing}}, {{id: nobody}}], on_start: [{{id: nowhere}}]}}
                      shell_task: {{command: "sleep 1.5"}}
            """)
        os.environ["LAKESMITH_SECRET_S_DUTY"] = "routing-key"
        self.addCleanup(os.environ.pop, "LAKESMITH_SECRET_S_DUTY")
        self.lakesmith("secrets", "create-scope", "s", "--scope-backend-type", "ENVIRONMENT")
        run_record = self.run_bundle("job")
        # The receivers take their time after the run, not from it.
        self.assertLess(run_record["execution_duration"], 2500)
        outcome = {(one["destination"], one["event"]): one for one in run_record["notifications"]}
        tries = {key: (one["delivered"], one["tries"]) for key, one in outcome.items()}
        self.assertEqual(tries, {
            ("slow", "start"): (True, 1), ("team", "success"): (True, 1), ("hook", "success"): (True, 1),
            ("duty", "success"): (True, 1), ("duty", "duration_warning"): (True, 1), ("broken", "success"): (True, 3),
            ("refusing", "success"): (False, 1), ("nobody", "success"): (False, 3), ("nowhere", "start"): (False, 0)})
        self.assertIn("answered 403", outcome["refusing", "success"]["error"])
        bodies = {path: (headers, body) for path, headers, body in good.requests if path != "/pagerduty"}
        self.assertIn("has succeeded", json.loads(bodies["/slack"][1])["text"])
        headers, body = bodies["/hook"]
        self.assertEqual(headers["X-Lakesmith-Signature"], "sha256=" + hmac.new(b"sign-with-this", body, hashlib.sha256).hexdigest())
        self.assertEqual(json.loads(body)["event_type"], "jobs.on_success")
        actions = [json.loads(body) for path, _, body in good.requests if path == "/pagerduty"]
        self.assertEqual(sorted(one["event_action"] for one in actions), ["resolve", "trigger"])
        self.assertEqual({one["routing_key"] for one in actions}, {"routing-key"})


if __name__ == "__main__":
    unittest.main()
