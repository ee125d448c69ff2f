"""What was said: matters of a shoe shop and an outdoor shop, in their languages."""

from __future__ import annotations

from config.demo import plot_west
from config.demo.matter import Matter

NAMES = plot_west.NAMES | {
    "it": ("Giulia Rossi", "Marco Bianchi", "Elena Greco", "Luca Romano", "Chiara Fontana", "Davide Costa",
           "Sara Marino", "Andrea Gallo", "Francesca Riva", "Matteo De Luca", "Alessia Conte", "Simone Villa"),
    "de": ("Katrin Schulz", "Jonas Weber", "Birgit Hoffmann", "Lukas Brandt", "Silke Neumann", "Tobias Krüger",
           "Maria Lang", "Felix Bauer", "Heike Winter", "Paul Schäfer", "Nina Vogt", "Stefan Möller"),
    "en": ("Emma Clarke", "James Doyle", "Olivia Hughes", "Noah Bennett", "Sophie Turner", "Liam O'Connor",
           "Grace Murphy", "Ethan Wood", "Hannah Reid", "Oliver Grant", "Zoe Palmer", "Adam Frost"),
}  # fmt: skip

ITEMS = plot_west.ITEMS | {
    ("acme", "it"): ("le scarpe da corsa Vento 3", "le sneaker Lido", "le ballerine Dora", "le ciabatte Elba"),
    ("acme", "en"): ("the Vento 3 running shoes", "the Dora ankle boots", "the Elba loafers", "the Lido sandals"),
    ("northlight", "de"): ("die Wanderhose Fjell", "das Zelt Polar 2", "die Regenjacke Sund", "das Daypack Tind"),
    ("northlight", "en"): ("the Fjell hiking boots", "the Sund rain trousers", "the Tind gaiters", "the Polar gloves"),
}

MATTERS: dict[str, tuple[Matter, ...]] = plot_west.MATTERS | {
    "it": (
        Matter("where_is_my_order", "order", "Dov'è il mio ordine {order}?",
               "Buongiorno, ho ordinato {item} una settimana fa (ordine {order}) e non ho ancora ricevuto niente. "
               "Mi potete dire quando arriva?",
               "Ciao {name}, grazie per averci scritto. Il tuo pacco è partito ieri dal magazzino e il corriere "
               "prevede la consegna domani entro le 18. Ti ho inviato il link per seguirlo.",
               "Va bene, domani pomeriggio sono a casa. Può lasciarlo anche al vicino?",
               "Certo, ho avvisato il corriere: lo può lasciare al vicino. Buona giornata, {alias}"),
        Matter("return_or_exchange", "return", "Cambio taglia, ordine {order}",
               "Salve, {item} mi stanno strette: ho preso il 38 ma mi serve il 39. Come faccio il cambio?",
               "Ciao {name}, nessun problema: il 39 è disponibile e te l'ho messo da parte. Ti mando l'etichetta "
               "per il reso gratuito, appena il pacco parte spediamo la nuova taglia.",
               "Perfetto, porto il pacco in posta questo pomeriggio.",
               "Grazie {name}, ricevi la conferma appena è in viaggio. A presto, {alias}"),
        Matter("delivery_late", "delivery", "Consegna in ritardo",
               "È la terza volta che il corriere rimanda la consegna dell'ordine {order}. Ho preso un giorno di "
               "permesso per niente, così non va bene.",
               "Ciao {name}, hai ragione e mi dispiace. Ho parlato con il corriere: la consegna è fissata per domani "
               "tra le 9 e le 12, e ti ho rimborsato le spese di spedizione.",
               "Speriamo sia la volta buona. Grazie per il rimborso.",
               "Controllo io domani mattina e ti scrivo se qualcosa non va. {alias}"),
        Matter("refund", "payment", "Rimborso del reso {order}",
               "Ho rispedito {item} due settimane fa e il rimborso non è ancora arrivato. Potete controllare?",
               "Ciao {name}, il reso è arrivato lunedì e il rimborso è stato disposto oggi sulla stessa carta: lo "
               "vedrai entro tre giorni lavorativi.",
               "Grazie, aspetto allora.",
               "Grazie a te della pazienza. Se venerdì non lo vedi, rispondi qui e ci penso io. {alias}"),
        Matter("damaged_or_wrong", "complaint", "Articolo difettoso, ordine {order}",
               "Ho aperto il pacco e {item} hanno la suola scollata da un lato. Vi allego la foto se serve.",
               "Ciao {name}, mi dispiace davvero. Non serve rispedire nulla: ti mando oggi un paio nuovo, "
               "senza costi. Va bene lo stesso indirizzo?",
               "Sì, l'indirizzo è lo stesso. Grazie della velocità!",
               "Spedito: arriva entro due giorni. Buona serata, {alias}"),
        Matter("product_question", "product", "Domanda su una taglia",
               "Ciao, di solito porto il 42: {item} vestono grandi o regolari?",
               "Ciao {name}, vestono regolari. Se hai la pianta larga ti consiglio mezzo numero in più; il reso "
               "comunque è gratuito per 30 giorni.",
               "Allora prendo il 42 e mezzo, grazie.",
               "Ottima scelta. Buona camminata, {alias}"),
        Matter("change_or_cancel", "order", "Modificare l'indirizzo di {order}",
               "Ho sbagliato il numero civico nell'ordine {order}, è ancora possibile correggerlo?",
               "Ciao {name}, sei in tempo: il pacco non è ancora partito e ho corretto l'indirizzo. Ricevi ora la "
               "conferma aggiornata.",
               "Visto, adesso è giusto. Grazie mille.",
               "Di niente, buona giornata. {alias}"),
        Matter("payment_or_invoice", "payment", "Fattura dell'ordine {order}",
               "Buonasera, mi servirebbe la fattura dell'ordine {order} intestata alla mia ditta. È possibile?",
               "Ciao {name}, certo. Ho emesso la fattura con i dati che ci hai lasciato e te l'ho inviata in PDF.",
               "Ricevuta, tutto a posto.",
               "Bene, buon lavoro. {alias}"),
    ),
    "de": (
        Matter("where_is_my_order", "order", "Wo bleibt meine Bestellung {order}?",
               "Guten Tag, ich habe vor neun Tagen {item} bestellt (Bestellung {order}) und seitdem nichts gehört. "
               "Wann kann ich mit der Lieferung rechnen?",
               "Guten Tag {name}, vielen Dank für Ihre Nachricht. Ihr Paket wurde gestern übergeben und kommt laut "
               "Zusteller am Donnerstag. Den Link zur Verfolgung habe ich Ihnen geschickt.",
               "Danke. Kann es auch in der Packstation abgelegt werden?",
               "Ja, ich habe es auf Ihre Packstation umgeleitet. Freundliche Grüße, {alias}"),
        Matter("return_or_exchange", "return", "Umtausch Bestellung {order}",
               "Hallo, {item} ist mir leider zu klein, ich bräuchte die nächste Größe. Wie läuft der Umtausch?",
               "Guten Tag {name}, die größere Ausführung ist da und für Sie reserviert. Das Rücksendeetikett liegt in "
               "Ihrem Postfach; sobald das Paket unterwegs ist, verschicken wir den Ersatz.",
               "Wunderbar, ich gebe es heute noch auf.",
               "Danke, Sie erhalten dann gleich die Versandbestätigung. Freundliche Grüße, {alias}"),
        Matter("delivery_late", "delivery", "Lieferung verspätet",
               "Meine Lieferung {order} sollte am Freitag da sein, am Samstag beginnt unsere Tour. Heute ist Montag. "
               "Was ist da los?",
               "Guten Tag {name}, das tut mir leid. Das Paket lag im Verteilzentrum fest; ich habe heute per Express "
               "Ersatz verschickt und Ihnen die Versandkosten erstattet.",
               "Das hilft für die nächste Tour, danke für die schnelle Lösung.",
               "Gern. Ich prüfe morgen, ob es angekommen ist. Freundliche Grüße, {alias}"),
        Matter("refund", "payment", "Erstattung zu {order}",
               "Ich habe {item} vor zwei Wochen zurückgeschickt und noch kein Geld erhalten. Bitte prüfen Sie das.",
               "Guten Tag {name}, die Rücksendung ist am Montag eingegangen, die Erstattung geht heute auf dasselbe "
               "Konto. Sie sehen sie spätestens in drei Werktagen.",
               "Alles klar, dann warte ich ab.",
               "Vielen Dank für Ihre Geduld. Freundliche Grüße, {alias}"),
        Matter("damaged_or_wrong", "complaint", "Defekt bei Bestellung {order}",
               "Bei {order} ist schon beim Auspacken ein Reißverschluss aufgegangen. So kann ich das nicht nutzen.",
               "Guten Tag {name}, das darf nicht sein, bitte entschuldigen Sie. Ersatz geht heute kostenlos an "
               "Sie, das defekte Stück holen wir ab. Passt Ihnen Mittwoch?",
               "Mittwoch ab 16 Uhr passt gut.",
               "Ist eingetragen: Mittwoch zwischen 16 und 19 Uhr. Freundliche Grüße, {alias}"),
        Matter("product_question", "product", "Frage zur Wassersäule",
               "Guten Tag, ist {item} auch für mehrere Tage Dauerregen geeignet, oder wird es irgendwann feucht?",
               "Guten Tag {name}, ja: das Material hält 10.000 mm Wassersäule und die Nähte sind verschweißt. Wichtig "
               "ist nur, nach zwei Jahren nachzuimprägnieren.",
               "Sehr gut, dann bestelle ich es. Danke für die klare Auskunft.",
               "Viel Freude unterwegs. Freundliche Grüße, {alias}"),
        Matter("change_or_cancel", "order", "Bestellung {order} stornieren",
               "Ich habe versehentlich doppelt bestellt. Können Sie {order} bitte stornieren?",
               "Guten Tag {name}, die Bestellung ist storniert, der Betrag wird nicht abgebucht. Ihre erste Bestellung "
               "bleibt unverändert.",
               "Perfekt, vielen Dank.",
               "Gern geschehen. Freundliche Grüße, {alias}"),
        Matter("payment_or_invoice", "payment", "Rechnung zu {order}",
               "Bitte schicken Sie mir die Rechnung zu {order} noch einmal, im Konto lässt sie sich nicht öffnen.",
               "Guten Tag {name}, die Rechnung ist im Anhang der Mail, die gerade an Sie ging. Den Fehler im Konto "
               "habe ich weitergegeben.",
               "Angekommen, danke.",
               "Danke für den Hinweis. Freundliche Grüße, {alias}"),
    ),
    "en": (
        Matter("where_is_my_order", "order", "Where is my order {order}?",
               "Hi, I ordered {item} over a week ago (order {order}) and the tracking page has not moved since "
               "Tuesday. Could you tell me where it is?",
               "Hello {name}, thanks for writing. Your parcel was scanned at the depot this morning and is due "
               "tomorrow before six. I have sent you the live tracking link.",
               "Great, can it be left with the neighbour at number 12?",
               "Done, the driver has been told. Have a good day, {alias}"),
        Matter("return_or_exchange", "return", "Exchange for order {order}",
               "Hello, {item} came up a bit small. I would like to swap for the next size, how does that work?",
               "Hello {name}, the next size is in stock and I have put one aside for you. The free return label is in "
               "your inbox; the replacement leaves as soon as the label is scanned.",
               "Brilliant, I will drop it off this afternoon.",
               "Thank you, you will get a note once it is on its way. {alias}"),
        Matter("delivery_late", "delivery", "Late again: {order}",
               "This is the second delivery date you have missed for {order}. I stayed at home both times. "
               "What is going on?",
               "Hello {name}, you are right and I am sorry. The parcel missed its van twice; it is now booked for "
               "tomorrow between nine and twelve, and I have refunded the postage.",
               "Fine, thank you for sorting it out.",
               "I will check tomorrow morning and write if anything changes. {alias}"),
        Matter("refund", "payment", "Refund for {order}",
               "I sent {item} back a fortnight ago and there is still no refund on my card. Please check.",
               "Hello {name}, your return arrived on Monday and the refund went out today to the same card. "
               "Allow three working days for it to show.",
               "Thanks, I will keep an eye on it.",
               "If it is not there by Friday, just reply here. {alias}"),
        Matter("damaged_or_wrong", "complaint", "Wrong item in order {order}",
               "I opened the parcel and it holds somebody else's order. I was expecting {item}.",
               "Hello {name}, I am sorry about that mix-up. The right parcel leaves today by express, and a courier "
               "will collect the wrong one. Is tomorrow afternoon all right?",
               "Tomorrow after two works for me.",
               "Booked for tomorrow between two and five. {alias}"),
        Matter("product_question", "product", "Question about fit",
               "Hi there, I am between two sizes. Do {item} run large or small?",
               "Hello {name}, they run true to size. With thick socks I would go half a size up; returns are free "
               "for 30 days either way.",
               "Half a size up it is, thanks for the quick help.",
               "Enjoy them. {alias}"),
        Matter("change_or_cancel", "order", "Change the address of {order}",
               "I have just moved and {order} is going to the old address. Can it still be changed?",
               "Hello {name}, just in time: it has not left yet and now carries your new address. The updated "
               "confirmation is in your inbox.",
               "Got it, all correct. Thank you!",
               "Enjoy the new place. {alias}"),
        Matter("payment_or_invoice", "payment", "Charged twice for {order}",
               "My bank shows two payments for order {order}. I only bought {item} once.",
               "Hello {name}, I can see it: the first attempt was only reserved and is released automatically. "
               "I have asked the bank to do it today, so you pay once.",
               "That is a relief, thank you.",
               "You will see it gone within two days. {alias}"),
    ),
}  # fmt: skip
