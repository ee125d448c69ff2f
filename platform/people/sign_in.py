"""Sign-in by allauth headless: invitation only, each person at their own door, every entry written down.

A right password at the wrong door, or of somebody suspended, answers exactly like a wrong password.
"""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context, ratelimit
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse

from kernel import clock, live
from kernel.throttle import address_of, require_leave
from people.access import audit, roles_of
from people.models import Person
from people.session_store import HOST, PROGRAM, STARTED
from people.sessions import end_all

_RECENT_SECONDS = 300
LOCKED_OUT = "Too many wrong passwords for this address. Wait 15 minutes, then try again; your account is safe."


class DoorBackend:
    """Stands before the password check and stops who has no business at this host."""

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        person = _claimed(credentials)
        if person is not None and not roles_of(person, getattr(request, "tenant", None)):
            make_password(credentials.get("password"))  # as slow as checking one, so that time tells nothing
            raise PermissionDenied


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Against spraying from one address; wrong passwords of one person are counted by axes."""
        tenant = getattr(request, "tenant", None)
        require_leave(tenant.id if tenant else None, "sign_in", address_of(request.META))
        if not ratelimit.consume(request, action="login_tried"):
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """The person, or None; also None for the suspended, whom allauth would answer differently."""
        person = super().authenticate(request, **credentials)
        return person if isinstance(person, Person) and person.is_active else None

    def reauthenticate(self, user: Person, password: str) -> bool:
        return self.authenticate(context.request, email=user.email, password=password) == user

    def is_reauthentication_required(self, *, app: str, **options: Any) -> bool:
        """Signing in a moment ago is proof enough for changing one's second factor."""
        records = get_authentication_records(context.request, context.request.user)
        return not any(time.time() - record["at"] < _RECENT_SECONDS for record in records)

    def login(self, request: HttpRequest, user: Person) -> None:
        """The last step, after password and code."""
        super().login(request, user)
        # A signed-in session begins here, with a new key (ASVS 7.2.4).
        request.session[STARTED] = clock.now().timestamp()
        request.session[HOST] = request.get_host()
        request.session[PROGRAM] = request.headers.get("User-Agent", "")
        audit(user, "signed_in", tenant=getattr(request, "tenant", None), object_id=user.pk)

    def set_password(self, user: Person, password: str) -> None:
        """Somebody signed in changes their own: whoever else is signed in as them is not any more (ASVS 7.4.3)."""
        super().set_password(user, password)
        session = getattr(context.request, "session", None)
        end_all(user, but_key=session.session_key if session is not None else None)
        audit(user, "password.changed", tenant=getattr(context.request, "tenant", None), object_id=user.pk)

    def logout(self, request: HttpRequest) -> None:
        if isinstance(request.user, Person):
            audit(request.user, "signed_out", tenant=getattr(request, "tenant", None), object_id=request.user.pk)
        super().logout(request)
        live.call_the_roll()

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        person = _claimed(credentials)
        where = getattr(request, "tenant", None)
        audit(None, "sign_in.refused", tenant=where, object_id=person.pk if person else "")


def username_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """What failures are counted by, together with the IP address."""
    given = credentials or {}
    return str(given.get("email") or given.get("username") or "").strip().lower()


def locked_out(request: HttpRequest, *context_of_axes: Any) -> HttpResponse:
    """The answer after too many failures, in the shape of allauth's and of ours."""
    problem = {"code": "locked_out", "message": LOCKED_OUT}
    return JsonResponse({"status": 429, **problem, "errors": [{**problem, "param": "password"}]}, status=429)


def _claimed(credentials: dict[str, Any]) -> Person | None:
    return Person.objects.filter(email=username_of(HttpRequest(), credentials)).first()
