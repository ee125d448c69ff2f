"""Allauth's steps of the second factor, written down; whoever changes theirs goes on under a new session key."""

from __future__ import annotations

from typing import Any

from allauth.headless.mfa import views as mfa
from django.http import HttpRequest, HttpResponse

from people.access import audit
from people.models import Person


class AuthenticateView(mfa.AuthenticateView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer: HttpResponse = super().post(request, *args, **kwargs)
        if answer.status_code >= 400:
            audit(None, "sign_in.code_refused", tenant=getattr(request, "tenant", None))
        return answer


class TotpView(mfa.ManageTOTPView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _noted(request, super().post(request, *args, **kwargs), "totp.added")

    def delete(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _noted(request, super().delete(request, *args, **kwargs), "totp.removed")


class RecoveryCodesView(mfa.ManageRecoveryCodesView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return _noted(request, super().post(request, *args, **kwargs), "totp.recovery_codes_made")


def _noted(request: HttpRequest, answer: HttpResponse, action: str) -> HttpResponse:
    if answer.status_code == 200 and isinstance(request.user, Person):
        request.session.cycle_key()
        audit(request.user, action, tenant=getattr(request, "tenant", None), object_id=request.user.pk)
    return answer
