"""Send one mail, and know afterwards whether it went: sent, not sent, never to be sent, or unknown."""

from __future__ import annotations

import contextlib
import smtplib
from typing import Any

from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.smtp import EmailBackend

from carriers.contract import CarrierDown, CarrierRefused, OutcomeUnknown, Outgoing, Sent
from carriers.email_compose import compose
from carriers.email_text import is_address
from kernel.access import declares, system
from tenants.models import Line


class Backend(EmailBackend):
    """Django's SMTP backend, which also tells whether the content was on its way when it broke."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _WatchedSSL if self.use_ssl else _Watched

    def _send(self, email_message: EmailMultiAlternatives) -> bool:
        try:
            return bool(super()._send(email_message))  # type: ignore[misc]
        except (OSError, smtplib.SMTPException) as error:
            if getattr(self.connection, "is_content_out", False):
                raise OutcomeUnknown(f"no answer after the content was sent ({type(error).__name__})") from error
            raise


class _ContentWatch(smtplib.SMTP):
    """``is_content_out``: the content has been given to the network, and no answer to it has come."""

    is_content_out = False
    _sends_of_data: int | None = None

    def data(self, msg: Any) -> tuple[int, bytes]:
        self._sends_of_data = 0
        answer = super().data(msg)
        # The server took or refused it: either way that is known.
        self.is_content_out, self._sends_of_data = False, None
        return answer

    def send(self, s: Any) -> None:
        if self._sends_of_data is not None:
            # The first is the command DATA, the second the content.
            self._sends_of_data += 1
            self.is_content_out = self._sends_of_data > 1
        super().send(s)


class _Watched(_ContentWatch):
    pass


class _WatchedSSL(_ContentWatch, smtplib.SMTP_SSL):
    pass


@declares("mail", system(opens="message", by="row", why="to the address of the customer's own identity"))
def hand_over(line: Line, outgoing: Outgoing) -> Sent:
    """Give the mail to the server; raises CarrierDown, CarrierRefused or OutcomeUnknown."""
    if not all(is_address(one) for one in (*outgoing.to.split(", "), *outgoing.cc)):
        raise CarrierRefused("this customer has no mail address")
    message, mail_id = compose(line, outgoing)
    give(message)
    return Sent(external_id=mail_id)


@declares("mail", system(opens="message", by="row", why="what its composer addressed"))
def give(message: EmailMultiAlternatives) -> None:
    """Give one composed mail to one recipient's server; raises CarrierDown, CarrierRefused or OutcomeUnknown."""
    connection = get_connection()
    try:
        connection.open()
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()), (550, b""))
        raise _refusal(code, answer) from error
    except smtplib.SMTPAuthenticationError as error:
        raise CarrierDown("the mail server does not accept our sign-in") from error
    except smtplib.SMTPConnectError as error:
        raise CarrierDown(f"the mail server does not take connections ({error.smtp_code})") from error
    except smtplib.SMTPHeloError as error:
        raise CarrierDown(f"the mail server does not greet us ({error.smtp_code})") from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise CarrierRefused("the mail server cannot take this address") from error
    except (OSError, smtplib.SMTPException) as error:
        raise CarrierDown(f"the mail server cannot be reached ({type(error).__name__})") from error
    except (ValueError, UnicodeError) as error:
        raise CarrierRefused(f"this is no address that mail can go to ({type(error).__name__})") from error
    finally:
        # A goodbye that fails changes nothing about what was sent.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            connection.close()


def _refusal(code: int, answer: bytes | str) -> CarrierDown | CarrierRefused:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    reason = f"{code} {' '.join(words.split())}"[:400]
    return CarrierDown(reason) if 400 <= code < 500 else CarrierRefused(reason)
