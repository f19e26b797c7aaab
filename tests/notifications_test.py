"""Notifications to real receivers: mail with TLS and a login, webhooks that work, break, dawdle and refuse."""

import hashlib
import hmac
import http.server
import json
import os
import pathlib
import socketserver
import ssl
import subprocess
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "lib"))
from aiosmtpd.smtp import AuthResult, LoginPassword  # noqa: E402
from jobs_test import BundleCase  # noqa: E402
from lakesmith import run  # noqa: E402
from mail_server import Mailbox, start_mail_server  # noqa: E402


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

    def mail_server(self, implicit_tls=False, **options):
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

        if implicit_tls:
            options |= {"ssl_context": context, "auth_require_tls": False}
        else:
            options |= {"tls_context": context, "require_starttls": True}
        controller = self.start_mail_server(mailbox, authenticator=login, auth_required=True, **options)
        scheme = "smtps" if implicit_tls else "smtp"
        environment = {"LAKESMITH_SMTP_URL": f"{scheme}://localhost:{controller.port}", "LAKESMITH_SMTP_USER": "lake",
                       "LAKESMITH_SMTP_PASSWORD": "pass-word", "LAKESMITH_SMTP_FROM": "lake@example.com",
                       "LAKESMITH_SMTP_CA_FILE": str(certificate)}
        return mailbox, environment

    def start_mail_server(self, mailbox, **options):
        controller = start_mail_server(mailbox, **options)
        self.addCleanup(controller.stop)
        return controller

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
        told = sorted((mail[1][0], subject) for mail, subject in zip(mailbox.mails, mailbox.subjects()))
        self.assertEqual(told, [
            ("ada@example.com", "[default] job 'nightly' has failed (run 1)"),
            ("ada@example.com", "[default] job 'nightly' has started (run 1)"),
            ("bob@example.com", "[default] job 'nightly' has failed (run 1)"),
            ("task@example.com", "[default] task 't' of job 'nightly' has failed (run 1)"),
            ("task@example.com", "[default] task 't' of job 'nightly' has failed (run 1)")])
        self.assertTrue(all(mail[3] for mail in mailbox.mails), "TLS")
        self.assertTrue(any("exit code 4: what went wrong" in mail[2] for mail in mailbox.mails))
        self.assertEqual([one["delivered"] for one in run_record["notifications"]], [True] * 5)

    def test_mail_goes_out_over_tls_from_the_first_byte(self):
        self.write("databricks.yml", """
            bundle: {name: n}
            resources:
              jobs:
                job:
                  email_notifications: {on_success: [ada@example.com]}
                  tasks: [{task_key: t, shell_task: {command: "true"}}]
            """)
        mailbox, environment = self.mail_server(implicit_tls=True)
        run_record = self.run_bundle("job", environment)
        self.assertEqual([one["delivered"] for one in run_record["notifications"]], [True], run_record["notifications"])
        self.assertIn("has succeeded", mailbox.mails[0][2])
        # With a certificate that nobody vouches for nothing is sent, and it is not tried again.
        environment.pop("LAKESMITH_SMTP_CA_FILE")
        self.assertEqual(run("bundle", "run", "job", cwd=self.folder, env=environment).returncode, 0)
        [outcome] = json.loads(self.lakesmith("runs", "get", "2", "-o", "json").stdout)["notifications"]
        self.assertEqual((outcome["delivered"], outcome["tries"]), (False, 1), outcome)
        self.assertRegex(outcome["error"], "certificate|SSL|TLS")
        self.assertEqual(len(mailbox.mails), 1)

    def test_mail_servers_that_refuse_or_hang_up_do_not_harm(self):
        self.write("databricks.yml", """
            bundle: {name: n}
            resources:
              jobs:
                job:
                  email_notifications: {on_success: [ada@example.com]}
                  tasks: [{task_key: t, shell_task: {command: "true"}}]
            """)

        class Refusing(Mailbox):
            async def handle_RCPT(self, server, session, envelope, address, options):
                return "550 nobody of that name"

        controller = self.start_mail_server(Refusing())
        environment = {"LAKESMITH_SMTP_URL": f"smtp://127.0.0.1:{controller.port}", "LAKESMITH_SMTP_TLS": "optional"}
        [outcome] = self.run_bundle("job", environment)["notifications"]
        self.assertEqual((outcome["delivered"], outcome["tries"]), (False, 1), outcome)

        class HangUp(socketserver.BaseRequestHandler):
            def handle(self):
                self.request.sendall(b"220 hello\r\n")

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), HangUp)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        environment["LAKESMITH_SMTP_URL"] = f"smtp://127.0.0.1:{server.server_address[1]}"
        self.assertEqual(run("bundle", "run", "job", cwd=self.folder, env=environment).returncode, 0)
        [outcome] = json.loads(self.lakesmith("runs", "get", "2", "-o", "json").stdout)["notifications"]
        self.assertEqual((outcome["delivered"], outcome["tries"]), (False, 3), outcome)

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
        good, broken, slow, refusing = self.receiver(), self.receiver([503, 500, 200]), self.receiver(delay=6), self.receiver([403])
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
        self.assertLess(run_record["execution_duration"], 5500)
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
