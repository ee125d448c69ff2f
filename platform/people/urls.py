"""Who one is, at both doors."""

from django.urls import path

from people.me import CsrfView, DoorView, MeView, TotpKeyView
from people.password_views import ForgottenView, LinkView, SetPasswordView
from people.session_views import MySessionsView, MySessionView

urlpatterns = [
    path("api/me", MeView.as_view()),
    path("api/me/totp.svg", TotpKeyView.as_view()),
    path("api/me/sessions", MySessionsView.as_view()),
    path("api/me/sessions/<uuid:session>", MySessionView.as_view()),
    path("api/password/forgotten", ForgottenView.as_view()),
    path("api/password/link", LinkView.as_view()),
    path("api/password/set", SetPasswordView.as_view()),
    path("api/door", DoorView.as_view()),
    path("api/csrf", CsrfView.as_view()),
]
