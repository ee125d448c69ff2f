"""The steps of signing in that are in use; every other page of django-allauth is not there.

Its address pages, for one, would let anybody signed in change the address they sign in with.
"""

from __future__ import annotations

from allauth.headless.account import views as account
from allauth.headless.base.views import ConfigView
from allauth.headless.constants import Client
from allauth.headless.mfa import views as mfa
from django.urls import path

from kernel.access import access, anyone, signed_in
from people.second_factor_views import AuthenticateView, RecoveryCodesView, TotpView

_BROWSER = "_allauth/browser/v1"
_OPEN = anyone("signing in starts without a session; people.sign_in decides who has business at this host")
_OWN = signed_in()
_STEPS = {
    "config": (ConfigView, _OPEN),
    "auth/session": (account.SessionView, _OPEN),
    "auth/login": (account.LoginView, _OPEN),
    "auth/reauthenticate": (account.ReauthenticateView, _OWN),
    "auth/2fa/authenticate": (AuthenticateView, _OPEN),
    "auth/2fa/reauthenticate": (mfa.ReauthenticateView, _OWN),
    "account/password/change": (account.ChangePasswordView, _OWN),
    "account/authenticators": (mfa.AuthenticatorsView, _OWN),
    "account/authenticators/totp": (TotpView, _OWN),
    "account/authenticators/recovery-codes": (RecoveryCodesView, _OWN),
}

urlpatterns = [
    path(f"{_BROWSER}/{step}", access(policy)(view.as_api_view(client=Client.BROWSER)))
    for step, (view, policy) in _STEPS.items()
]
