"""The steps of signing in that are in use; every other page of django-allauth is not there.

Its address pages, for one, would let anybody signed in change the address they sign in with.
"""

from __future__ import annotations

from allauth.headless.account import views as account
from allauth.headless.base.views import ConfigView
from allauth.headless.constants import Client
from allauth.headless.mfa import views as mfa
from django.urls import path

_BROWSER = "_allauth/browser/v1"
_STEPS = {
    "config": ConfigView,
    "auth/session": account.SessionView,
    "auth/login": account.LoginView,
    "auth/reauthenticate": account.ReauthenticateView,
    "auth/2fa/authenticate": mfa.AuthenticateView,
    "auth/2fa/reauthenticate": mfa.ReauthenticateView,
    "account/password/change": account.ChangePasswordView,
    "account/authenticators": mfa.AuthenticatorsView,
    "account/authenticators/totp": mfa.ManageTOTPView,
    "account/authenticators/recovery-codes": mfa.ManageRecoveryCodesView,
}

urlpatterns = [path(f"{_BROWSER}/{step}", view.as_api_view(client=Client.BROWSER)) for step, view in _STEPS.items()]
