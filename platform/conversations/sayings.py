"""What the platform says by itself to shoppers, in six languages; the shop's first language where one is missing."""

from __future__ import annotations

from collections.abc import Mapping

_Texts = dict[str, str]

_RECEIVED = {
    "en": "We have your message – case {case_number}",
    "es": "Hemos recibido su mensaje – caso {case_number}",
    "it": "Abbiamo ricevuto il suo messaggio – caso {case_number}",
    "de": "Wir haben Ihre Nachricht erhalten – Fall {case_number}",
    "fr": "Nous avons bien reçu votre message – dossier {case_number}",
    "pt": "Recebemos a sua mensagem – caso {case_number}",
}
_SUBJECTS: dict[str, _Texts] = {
    "received": _RECEIVED,
    "card_removed": {
        "en": "We removed a card number from your message – case {case_number}",
        "es": "Hemos quitado un número de tarjeta de su mensaje – caso {case_number}",
        "it": "Abbiamo tolto un numero di carta dal suo messaggio – caso {case_number}",
        "de": "Wir haben eine Kartennummer aus Ihrer Nachricht entfernt – Fall {case_number}",
        "fr": "Nous avons retiré un numéro de carte de votre message – dossier {case_number}",
        "pt": "Retirámos um número de cartão da sua mensagem – caso {case_number}",
    },
    "outside_hours": _RECEIVED,
    "closed_now": _RECEIVED,
    "callback_promised": {
        "en": "We will call you – case {case_number}",
        "es": "Le llamaremos – caso {case_number}",
        "it": "La chiameremo – caso {case_number}",
        "de": "Wir rufen Sie an – Fall {case_number}",
        "fr": "Nous vous appellerons – dossier {case_number}",
        "pt": "Vamos ligar-lhe – caso {case_number}",
    },
    "mail_promised": {
        "en": "We will answer by mail – case {case_number}",
        "es": "Le responderemos por correo – caso {case_number}",
        "it": "Le risponderemo per e-mail – caso {case_number}",
        "de": "Wir antworten per E-Mail – Fall {case_number}",
        "fr": "Nous vous répondrons par e-mail – dossier {case_number}",
        "pt": "Vamos responder por e-mail – caso {case_number}",
    },
}
_SAYINGS: dict[str, _Texts] = {
    "received": {
        "en": "Hello,\n\nwe have received your message. Your case number is {case_number}. A person of the {shop} team"
        " will answer you; you need not write again. You can reply to this message to add something.\n\n"
        "See how it stands: {status_url}\n\n{shop}",
        "es": "Hola:\n\nhemos recibido su mensaje. Su número de caso es {case_number}. Una persona del equipo de {shop}"
        " le responderá; no hace falta que vuelva a escribir. Si quiere añadir algo, responda a este mensaje.\n\n"
        "Consulte cómo va: {status_url}\n\n{shop}",
        "it": "Buongiorno,\n\nabbiamo ricevuto il suo messaggio. Il numero del suo caso è {case_number}. Una persona"
        " del team {shop} le risponderà; non occorre scrivere di nuovo. Per aggiungere qualcosa, risponda a questo"
        " messaggio.\n\nVeda a che punto è: {status_url}\n\n{shop}",
        "de": "Guten Tag,\n\nwir haben Ihre Nachricht erhalten. Ihre Fallnummer ist {case_number}. Jemand aus dem"
        " Team von {shop} antwortet Ihnen; Sie müssen nicht noch einmal schreiben. Wenn Sie etwas ergänzen möchten,"
        " antworten Sie auf diese Nachricht.\n\nSo steht es um Ihr Anliegen: {status_url}\n\n{shop}",
        "fr": "Bonjour,\n\nnous avons bien reçu votre message. Votre numéro de dossier est {case_number}. Une personne"
        " de l'équipe {shop} vous répondra ; inutile d'écrire à nouveau. Pour ajouter quelque chose, répondez à ce"
        " message.\n\nSuivre votre dossier : {status_url}\n\n{shop}",
        "pt": "Olá,\n\nrecebemos a sua mensagem. O número do seu caso é {case_number}. Uma pessoa da equipa {shop}"
        " vai responder-lhe; não precisa de escrever de novo. Se quiser acrescentar algo, responda a esta"
        " mensagem.\n\nVeja o estado do seu caso: {status_url}\n\n{shop}",
    },
    "card_removed": {
        "en": "For your safety we removed a card number from your message and kept only its last four digits. We never"
        " need the whole number; please do not send it. The rest of your message has reached us.\n\n{shop}",
        "es": "Por su seguridad hemos quitado un número de tarjeta de su mensaje y guardado solo las cuatro últimas"
        " cifras. Nunca necesitamos el número completo; no lo envíe, por favor. El resto de su mensaje nos ha"
        " llegado.\n\n{shop}",
        "it": "Per la sua sicurezza abbiamo tolto un numero di carta dal suo messaggio e conservato solo le ultime"
        " quattro cifre. Il numero completo non ci serve mai; per favore non lo invii. Il resto del messaggio ci è"
        " arrivato.\n\n{shop}",
        "de": "Zu Ihrer Sicherheit haben wir eine Kartennummer aus Ihrer Nachricht entfernt und nur die letzten vier"
        " Ziffern behalten. Die ganze Nummer brauchen wir nie; bitte senden Sie sie nicht. Der Rest Ihrer Nachricht"
        " ist bei uns angekommen.\n\n{shop}",
        "fr": "Pour votre sécurité, nous avons retiré un numéro de carte de votre message et n'en avons gardé que les"
        " quatre derniers chiffres. Nous n'avons jamais besoin du numéro entier ; merci de ne pas l'envoyer. Le reste"
        " de votre message nous est parvenu.\n\n{shop}",
        "pt": "Para sua segurança, retirámos um número de cartão da sua mensagem e guardámos apenas os quatro últimos"
        " algarismos. Nunca precisamos do número completo; por favor, não o envie. O resto da sua mensagem chegou até"
        " nós.\n\n{shop}",
    },
    "outside_hours": {
        "en": "Nobody is here at the moment. We are back on {opens}. Your message is kept under case {case_number}: a"
        " person of the {shop} team answers you here; you need not write again.",
        "es": "En este momento no hay nadie. Volvemos el {opens}. Su mensaje queda guardado con el caso"
        " {case_number}: una persona del equipo de {shop} le responderá aquí; no hace falta que vuelva a escribir.",
        "it": "In questo momento non c'è nessuno. Torniamo {opens}. Il suo messaggio resta con il caso {case_number}:"
        " una persona del team {shop} le risponderà qui; non occorre scrivere di nuovo.",
        "de": "Im Moment ist niemand da. Wir sind wieder da: {opens}. Ihre Nachricht liegt unter Fall {case_number}:"
        " Jemand aus dem Team von {shop} antwortet Ihnen hier; Sie müssen nicht noch einmal schreiben.",
        "fr": "Il n'y a personne en ce moment. Nous revenons le {opens}. Votre message est conservé sous le dossier"
        " {case_number} : une personne de l'équipe {shop} vous répondra ici ; inutile d'écrire à nouveau.",
        "pt": "Neste momento não está ninguém. Voltamos: {opens}. A sua mensagem fica guardada no caso {case_number}:"
        " uma pessoa da equipa {shop} vai responder-lhe aqui; não precisa de escrever de novo.",
    },
    "closed_now": {
        "en": "Nobody is here at the moment. Your message is kept under case {case_number}: a person of the {shop} team"
        " answers you here as soon as we are back; you need not write again.",
        "es": "En este momento no hay nadie. Su mensaje queda guardado con el caso {case_number}: una persona del"
        " equipo de {shop} le responderá aquí en cuanto volvamos; no hace falta que vuelva a escribir.",
        "it": "In questo momento non c'è nessuno. Il suo messaggio resta con il caso {case_number}: una persona del"
        " team {shop} le risponderà qui appena torniamo; non occorre scrivere di nuovo.",
        "de": "Im Moment ist niemand da. Ihre Nachricht liegt unter Fall {case_number}: Jemand aus dem Team von {shop}"
        " antwortet Ihnen hier, sobald wir wieder da sind; Sie müssen nicht noch einmal schreiben.",
        "fr": "Il n'y a personne en ce moment. Votre message est conservé sous le dossier {case_number} : une"
        " personne de l'équipe {shop} vous répondra ici dès notre retour ; inutile d'écrire à nouveau.",
        "pt": "Neste momento não está ninguém. A sua mensagem fica guardada no caso {case_number}: uma pessoa da equipa"
        " {shop} vai responder-lhe aqui assim que voltarmos; não precisa de escrever de novo.",
    },
    "callback_promised": {
        "en": "We will call you on {phone}: {when}. Your case number is {case_number}; you can close this window. Until"
        " somebody takes your case, you can go back to waiting in the chat.",
        "es": "Le llamaremos al {phone}: {when}. Su número de caso es {case_number}; puede cerrar esta ventana. Hasta"
        " que alguien tome su caso, puede volver a esperar en el chat.",
        "it": "La chiameremo al {phone}: {when}. Il numero del suo caso è {case_number}; può chiudere questa finestra."
        " Finché nessuno prende il suo caso, può tornare ad aspettare in chat.",
        "de": "Wir rufen Sie unter {phone} an: {when}. Ihre Fallnummer ist {case_number}; Sie können dieses Fenster"
        " schließen. Bis jemand Ihren Fall übernimmt, können Sie auch wieder im Chat warten.",
        "fr": "Nous vous appellerons au {phone} : {when}. Votre numéro de dossier est {case_number} ; vous pouvez"
        " fermer cette fenêtre. Tant que personne n'a pris votre dossier, vous pouvez revenir attendre dans le chat.",
        "pt": "Vamos ligar-lhe para {phone}: {when}. O número do seu caso é {case_number}; pode fechar esta janela. Até"
        " alguém pegar no seu caso, pode voltar a esperar no chat.",
    },
    "mail_promised": {
        "en": "We will answer you at {email}, and here. Your case number is {case_number}; you can close this window."
        " Until somebody takes your case, you can go back to waiting in the chat.",
        "es": "Le responderemos a {email}, y también aquí. Su número de caso es {case_number}; puede cerrar esta"
        " ventana. Hasta que alguien tome su caso, puede volver a esperar en el chat.",
        "it": "Le risponderemo a {email}, e anche qui. Il numero del suo caso è {case_number}; può chiudere questa"
        " finestra. Finché nessuno prende il suo caso, può tornare ad aspettare in chat.",
        "de": "Wir antworten Ihnen an {email} und auch hier. Ihre Fallnummer ist {case_number}; Sie können dieses"
        " Fenster schließen. Bis jemand Ihren Fall übernimmt, können Sie auch wieder im Chat warten.",
        "fr": "Nous vous répondrons à {email}, et aussi ici. Votre numéro de dossier est {case_number} ; vous pouvez"
        " fermer cette fenêtre. Tant que personne n'a pris votre dossier, vous pouvez revenir attendre dans le chat.",
        "pt": "Vamos responder-lhe para {email}, e também aqui. O número do seu caso é {case_number}; pode fechar esta"
        " janela. Até alguém pegar no seu caso, pode voltar a esperar no chat.",
    },
}


def saying(code: str, language: str, params: Mapping[str, str], *, fallback: str = "en") -> tuple[str, str]:
    """``(subject, text)`` of a saying; KeyError for an unknown code or a missing parameter."""
    texts, subjects = _SAYINGS[code], _SUBJECTS[code]
    spoken = next(known for known in (language[:2], fallback[:2], "en") if known in texts)
    return _fill(subjects[spoken], params), _fill(texts[spoken], params)


def _fill(template: str, params: Mapping[str, str]) -> str:
    # One pass over our own template: what the parameters hold is never read as a template again.
    return template.format_map(params)
