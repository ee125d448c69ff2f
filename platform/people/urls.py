"""Who one is, at both doors."""

from django.urls import path

from people.me import CsrfView, MeView, TotpKeyView

urlpatterns = [
    path("api/me", MeView.as_view()),
    path("api/me/totp.svg", TotpKeyView.as_view()),
    path("api/csrf", CsrfView.as_view()),
]
