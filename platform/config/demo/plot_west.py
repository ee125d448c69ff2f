"""The same in Spanish, French and Portuguese."""

from __future__ import annotations

from config.demo.matter import Matter

NAMES = {
    "es": ("Carmen Vidal", "Álvaro Santos", "Lucía Herrera", "Diego Molina", "Nuria Campos", "Javier Ortega",
           "Paula Iglesias", "Sergio Prieto", "Elena Cano", "Raúl Vega", "Irene Soler", "Hugo Marín"),
    "fr": ("Camille Laurent", "Hugo Lefèvre", "Manon Girard", "Julien Moreau", "Léa Fontaine", "Antoine Perrin",
           "Claire Dubois", "Mathieu Roche", "Sophie Mercier", "Nicolas Faure", "Élodie Blanc", "Thomas Renaud"),
    "pt": ("Mariana Sousa", "Tiago Ferreira", "Beatriz Lopes", "Rui Carvalho", "Joana Pinto", "Miguel Antunes",
           "Catarina Reis", "Pedro Nogueira", "Sofia Matos", "André Teixeira", "Rita Fonseca", "Nuno Barros"),
}  # fmt: skip

ITEMS = {
    ("acme", "es"): ("las zapatillas Vento 3", "los botines Dora", "las sandalias Lido", "los mocasines Elba"),
    ("acme", "fr"): ("les baskets Vento 3", "les bottines Dora", "les sandales Lido", "les mocassins Elba"),
    ("northlight", "fr"): ("la veste Sund", "le pantalon Fjell", "la tente Polar 2", "le sac à dos Tind"),
    ("northlight", "pt"): ("o casaco Sund", "a mochila Tind", "a tenda Polar 2", "o saco-cama Fjell"),
}

MATTERS: dict[str, tuple[Matter, ...]] = {
    "es": (
        Matter("where_is_my_order", "order", "¿Dónde está mi pedido {order}?",
               "Buenos días, pedí {item} hace ocho días (pedido {order}) y todavía no ha llegado nada. ¿Me podéis "
               "decir cuándo llega?",
               "Hola {name}, gracias por escribirnos. Tu paquete salió ayer del almacén y el transportista lo entrega "
               "mañana antes de las seis. Te he enviado el enlace de seguimiento.",
               "Perfecto, ¿lo pueden dejar en la portería si no estoy?",
               "Claro, ya está avisado el repartidor. Que tengas buen día, {alias}"),
        Matter("return_or_exchange", "return", "Cambio de talla, pedido {order}",
               "Hola, {item} me quedan pequeños y necesito un número más. ¿Cómo hago el cambio?",
               "Hola {name}, sin problema: tengo el número siguiente apartado para ti. La etiqueta de devolución "
               "gratuita está en tu correo, y la talla nueva sale en cuanto se escanee.",
               "Estupendo, lo llevo esta tarde a la oficina de correos.",
               "Gracias {name}, te aviso en cuanto salga. {alias}"),
        Matter("delivery_late", "delivery", "Entrega con retraso del pedido {order}",
               "Es la segunda vez que cambian la fecha de entrega de {order} y me he quedado en casa para nada. ¿Qué "
               "está pasando?",
               "Hola {name}, tienes razón y lo siento. He hablado con el transportista: la entrega queda para mañana "
               "entre las nueve y las doce, y te hemos devuelto los gastos de envío.",
               "Gracias, espero que esta vez sea verdad.",
               "Lo compruebo yo mañana y te escribo si algo cambia. {alias}"),
        Matter("refund", "payment", "Reembolso de {order}",
               "Devolví {item} hace dos semanas y el dinero no aparece en mi tarjeta. ¿Lo podéis mirar, por favor?",
               "Hola {name}, la devolución llegó el lunes y el reembolso ha salido hoy a la misma tarjeta; lo verás en "
               "tres días laborables.",
               "De acuerdo, espero entonces. Gracias.",
               "Gracias por la paciencia. Si el viernes no está, responde aquí. {alias}"),
        Matter("damaged_or_wrong", "complaint", "Artículo equivocado en {order}",
               "He abierto el paquete y no es lo que pedí: esperaba {item} y ha venido otra cosa.",
               "Hola {name}, perdona la confusión. Hoy mismo sale el correcto por mensajería y recogemos el otro sin "
               "coste. ¿Te viene bien mañana por la tarde?",
               "A partir de las cuatro me va bien.",
               "Anotado: mañana entre las cuatro y las siete. {alias}"),
        Matter("product_question", "product", "Pregunta sobre la talla",
               "Hola, estoy entre dos números. ¿{item} tallan grande o pequeño?",
               "Hola {name}, tallan normal. Con calcetín grueso yo cogería medio número más, y la devolución es "
               "gratuita durante treinta días.",
               "Pues cojo medio número más, muchas gracias.",
               "Que los disfrutes. {alias}"),
    ),
    "fr": (
        Matter("where_is_my_order", "order", "Où en est ma commande {order} ?",
               "Bonjour, j'ai commandé {item} il y a plus d'une semaine (commande {order}) et je n'ai toujours rien "
               "reçu. Pouvez-vous me dire quand le colis arrivera ?",
               "Bonjour {name}, merci de votre message. Votre colis a quitté notre entrepôt hier et sera livré demain "
               "avant dix-huit heures. Je vous ai envoyé le lien de suivi.",
               "Très bien, peut-on le laisser chez la gardienne ?",
               "C'est noté, le livreur est prévenu. Bonne journée, {alias}"),
        Matter("return_or_exchange", "return", "Échange, commande {order}",
               "Bonjour, {item} ne me convient pas, il me faudrait la taille au-dessus. Comment se passe l'échange ?",
               "Bonjour {name}, la taille suivante est disponible et je l'ai mise de côté pour vous. L'étiquette de "
               "retour gratuite est dans votre boîte ; l'échange part dès qu'elle est scannée.",
               "Parfait, je dépose le colis cet après-midi.",
               "Merci, vous recevrez la confirmation d'envoi aussitôt. {alias}"),
        Matter("delivery_late", "delivery", "Livraison en retard : {order}",
               "La livraison de {order} a encore été repoussée et j'ai attendu toute la journée à la maison. Que se "
               "passe-t-il ?",
               "Bonjour {name}, vous avez raison et je vous prie de nous excuser. Le colis passe demain entre neuf "
               "heures et midi, et les frais de port vous ont été remboursés.",
               "Merci, j'espère que cette fois sera la bonne.",
               "Je vérifie demain matin et je vous écris si quelque chose change. {alias}"),
        Matter("refund", "payment", "Remboursement de {order}",
               "J'ai renvoyé {item} il y a quinze jours et le remboursement n'est toujours pas arrivé sur mon compte. "
               "Pouvez-vous vérifier ?",
               "Bonjour {name}, votre retour est arrivé lundi et le remboursement est parti aujourd'hui sur la même "
               "carte. Comptez trois jours ouvrés.",
               "D'accord, je surveille mon compte.",
               "Sans nouvelle vendredi, répondez simplement ici. {alias}"),
        Matter("damaged_or_wrong", "complaint", "Article défectueux, commande {order}",
               "En ouvrant le colis {order} j'ai trouvé une couture déchirée. Je ne peux pas l'utiliser ainsi.",
               "Bonjour {name}, je suis désolée de ce défaut. Un article neuf part aujourd'hui sans frais et nous "
               "faisons reprendre l'autre. Demain après-midi vous convient-il ?",
               "Oui, après quatorze heures.",
               "C'est réservé demain entre quatorze et dix-sept heures. {alias}"),
        Matter("change_or_cancel", "order", "Changer l'adresse de {order}",
               "Bonjour, je viens de déménager et {order} part à mon ancienne adresse. Est-il encore possible de la "
               "changer ?",
               "Bonjour {name}, juste à temps : le colis n'est pas encore parti et porte maintenant votre nouvelle "
               "adresse. La confirmation corrigée est dans votre boîte.",
               "Reçue, tout est juste. Merci beaucoup !",
               "Avec plaisir, bonne installation. {alias}"),
    ),
    "pt": (
        Matter("where_is_my_order", "order", "Onde está a minha encomenda {order}?",
               "Bom dia, encomendei {item} há mais de uma semana (encomenda {order}) e ainda não recebi nada. Podem "
               "dizer-me quando chega?",
               "Bom dia {name}, obrigada pela sua mensagem. A sua encomenda saiu ontem do armazém e é entregue amanhã "
               "até às dezoito horas. Enviei-lhe a ligação para a seguir.",
               "Ótimo, podem deixá-la na receção do prédio?",
               "Já avisei o estafeta. Tenha um bom dia, {alias}"),
        Matter("return_or_exchange", "return", "Troca da encomenda {order}",
               "Olá, {item} não me serve e precisava do tamanho acima. Como funciona a troca?",
               "Olá {name}, o tamanho seguinte está disponível e já o reservei para si. A etiqueta de devolução "
               "gratuita está no seu correio; a troca sai assim que for lida.",
               "Perfeito, entrego hoje à tarde.",
               "Obrigada, recebe a confirmação logo que siga. {alias}"),
        Matter("delivery_late", "delivery", "Entrega atrasada: {order}",
               "A entrega de {order} foi adiada outra vez e fiquei em casa o dia todo para nada. O que se passa?",
               "Bom dia {name}, tem toda a razão e peço desculpa. A entrega ficou marcada para amanhã entre as nove e "
               "o meio-dia, e devolvemos os portes.",
               "Obrigado, espero que desta vez corra bem.",
               "Amanhã de manhã confirmo e escrevo-lhe se algo mudar. {alias}"),
        Matter("refund", "payment", "Reembolso da encomenda {order}",
               "Devolvi {item} há duas semanas e o dinheiro ainda não apareceu na conta. Podem verificar, por favor?",
               "Bom dia {name}, a devolução chegou na segunda-feira e o reembolso seguiu hoje para o mesmo cartão. "
               "Demora até três dias úteis.",
               "Está bem, fico à espera.",
               "Se na sexta-feira não estiver, responda aqui. {alias}"),
        Matter("product_question", "product", "Pergunta sobre a impermeabilidade",
               "Bom dia, {item} aguenta vários dias de chuva seguidos ou acaba por deixar passar água?",
               "Bom dia {name}, aguenta sim: as costuras são seladas e o tecido resiste a dez mil milímetros. Convém "
               "apenas impermeabilizar de novo ao fim de dois anos.",
               "Muito bem, vou encomendar. Obrigado pela ajuda.",
               "Boas caminhadas. {alias}"),
    ),
}  # fmt: skip
