"""The host of files: nothing but signed links, no session, no cookie, no script."""

from django.urls import path

from conversations import file_views

handler400 = "config.answers.bad_request"
handler403 = "config.answers.forbidden"
handler404 = "config.answers.missing"
handler500 = "config.away.server_error"

urlpatterns = [path("f/<str:token>", file_views.FileView.as_view())]
