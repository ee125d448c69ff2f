"""Staff sign in with a second factor: asked for once the grace of ``STAFF_TOTP_GRACE_DAYS`` is over. ASVS 6.3.3."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse

from kernel import clock
from people.models import Membership, Person

CODE = "second_factor_missing"
# What somebody needs who must set it up first.
_OPEN = ("/api/me", "/api/csrf", "/api/password/")


def required_from(person: Person) -> datetime | None:
    """When this person may no longer work without a second factor; None if they have one, or need none."""
    if settings.STAFF_TOTP_GRACE_DAYS is None or has_one(person):
        return None
    if not Membership.objects.filter(person=person, tenant=None).exists():
        return None
    return person.created_at + timedelta(days=settings.STAFF_TOTP_GRACE_DAYS)


def is_missing(person: Person) -> bool:
    """Whether this person must set one up before anything else."""
    since = required_from(person)
    return since is not None and since <= clock.now()


def has_one(person: Person) -> bool:
    return bool(Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists())


class RequireSecondFactor:
    """Middleware: the desk's API answers 403 second_factor_missing until it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.STAFF_TOTP_GRACE_DAYS is None or getattr(request, "tenant", None) is not None:
            return self.get_response(request)
        if not request.path.startswith("/api/") or request.path.startswith(_OPEN):
            return self.get_response(request)
        if isinstance(request.user, Person) and is_missing(request.user):
            message = "Set up two-step sign-in first (your profile); nothing was changed."
            return JsonResponse({"code": CODE, "message": message}, status=403)
        return self.get_response(request)
