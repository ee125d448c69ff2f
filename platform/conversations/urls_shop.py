"""A shop's public doors: widget, contact form, the state of a case. Included at client hosts only."""

from django.urls import path

from conversations import form_views, promise_views, widget_views

urlpatterns = [
    path("api/widget/config", widget_views.WidgetConfig.as_view()),
    path("api/widget/session", widget_views.WidgetSession.as_view()),
    path("api/widget/messages", widget_views.WidgetMessages.as_view()),
    path("api/widget/conversation", widget_views.WidgetConversation.as_view()),
    path("api/widget/typing", widget_views.WidgetTyping.as_view()),
    path("api/widget/leave", widget_views.WidgetLeave.as_view()),
    path("api/widget/callback", promise_views.WidgetCallback.as_view()),
    path("api/widget/by-mail", promise_views.WidgetByMail.as_view()),
    path("api/widget/wait-on", promise_views.WidgetWaitOn.as_view()),
    path("api/widget/attachments/<uuid:attachment_id>", widget_views.WidgetAttachment.as_view()),
    path("api/form/config", form_views.FormConfig.as_view()),
    path("api/form/messages", form_views.FormMessages.as_view()),
    path("api/case/<str:token>", form_views.Case.as_view()),
]
