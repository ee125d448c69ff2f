"""The words of a letter that asks the client, in the languages of the shops."""

from __future__ import annotations

TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "subject_asked": "{shop}: a question on case {case} waits for you",
        "subject_reminder": "Reminder: a question on case {case} still waits for you",
        "hello": "Hello {name},",
        "asks": "{who} of your service team needs an answer from {shop} on case {case}:",
        "amount": "Amount",
        "options": "Options",
        "due": "Answer by",
        "act": "Answer now",
        "once": "Nothing is answered by opening it: you confirm on the page. The link works once, for seven days.",
        "foot": "You can also answer in the portal, under Approvals. Do not forward this mail: its link answers in your"
        " name.",
    },
    "es": {
        "subject_asked": "{shop}: una pregunta sobre el caso {case} espera su respuesta",
        "subject_reminder": "Recordatorio: la pregunta sobre el caso {case} sigue esperando su respuesta",
        "hello": "Hola, {name}:",
        "asks": "{who}, de su equipo de atención, necesita una respuesta de {shop} sobre el caso {case}:",
        "amount": "Importe",
        "options": "Opciones",
        "due": "Responder antes de",
        "act": "Responder ahora",
        "once": "Abrir el enlace no responde nada: usted confirma en la página. Funciona una sola vez, durante siete"
        " días.",
        "foot": "También puede responder en el portal, en Aprobaciones. No reenvíe este correo: su enlace responde en"
        " su nombre.",
    },
    "it": {
        "subject_asked": "{shop}: una domanda sul caso {case} attende la sua risposta",
        "subject_reminder": "Promemoria: la domanda sul caso {case} attende ancora la sua risposta",
        "hello": "Buongiorno {name},",
        "asks": "{who}, del suo team di assistenza, ha bisogno di una risposta di {shop} sul caso {case}:",
        "amount": "Importo",
        "options": "Opzioni",
        "due": "Rispondere entro",
        "act": "Rispondi ora",
        "once": "Aprire il link non risponde a nulla: lei conferma sulla pagina. Funziona una sola volta, per sette"
        " giorni.",
        "foot": "Può rispondere anche nel portale, alla voce Approvazioni. Non inoltri questa e-mail: il link risponde"
        " a suo nome.",
    },
    "de": {
        "subject_asked": "{shop}: Eine Frage zu Fall {case} wartet auf Sie",
        "subject_reminder": "Erinnerung: Die Frage zu Fall {case} wartet noch auf Sie",
        "hello": "Guten Tag {name},",
        "asks": "{who} aus Ihrem Serviceteam braucht zu Fall {case} eine Antwort von {shop}:",
        "amount": "Betrag",
        "options": "Möglichkeiten",
        "due": "Antwort bis",
        "act": "Jetzt antworten",
        "once": "Das Öffnen beantwortet nichts: Sie bestätigen auf der Seite. Der Link gilt einmal, sieben Tage lang.",
        "foot": "Sie können auch im Portal unter Freigaben antworten. Leiten Sie diese Mail nicht weiter: Ihr Link"
        " antwortet in Ihrem Namen.",
    },
    "fr": {
        "subject_asked": "{shop} : une question sur le dossier {case} attend votre réponse",
        "subject_reminder": "Rappel : la question sur le dossier {case} attend toujours votre réponse",
        "hello": "Bonjour {name},",
        "asks": "{who}, de votre équipe de service, a besoin d'une réponse de {shop} sur le dossier {case} :",
        "amount": "Montant",
        "options": "Options",
        "due": "Répondre avant",
        "act": "Répondre maintenant",
        "once": "Ouvrir le lien ne répond à rien : vous confirmez sur la page. Il fonctionne une seule fois, pendant"
        " sept jours.",
        "foot": "Vous pouvez aussi répondre dans le portail, sous Approbations. Ne transférez pas cet e-mail : son lien"
        " répond en votre nom.",
    },
    "pt": {
        "subject_asked": "{shop}: uma pergunta sobre o caso {case} espera a sua resposta",
        "subject_reminder": "Lembrete: a pergunta sobre o caso {case} continua à espera da sua resposta",
        "hello": "Olá {name},",
        "asks": "{who}, da sua equipa de atendimento, precisa de uma resposta da {shop} sobre o caso {case}:",
        "amount": "Montante",
        "options": "Opções",
        "due": "Responder até",
        "act": "Responder agora",
        "once": "Abrir a ligação não responde a nada: confirma na página. Funciona uma só vez, durante sete dias.",
        "foot": "Também pode responder no portal, em Aprovações. Não reencaminhe este e-mail: a ligação responde em seu"
        " nome.",
    },
}
