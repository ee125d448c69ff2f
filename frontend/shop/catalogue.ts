import type { ComponentType } from "preact";

import { Chair, Lamp, Mug, Plant } from "./art-home";
import { Bottle, Jacket, Pack, Tent } from "./art-outdoor";
import { Boot, Loafer, Runner, Sneaker } from "./art-shoes";
import type { ShopKey } from "./words";

export type Kind = "shoes" | "outdoor" | "home";

/** An example article; its price is an example too, and the page says so. */
export interface Article {
  name: string;
  type: ShopKey;
  price: number;
  Art: ComponentType;
}

const SIGNS: [Kind, RegExp][] = [
  ["shoes", /shoe|scarp|zapat|schuh|chauss|sapat/i],
  ["outdoor", /north|outdoor|trail|alp|berg|mount|camp/i],
];

export const ARTICLES: Record<Kind, Article[]> = {
  shoes: [
    { name: "Corso", type: "sneaker", price: 129, Art: Sneaker },
    { name: "Brenta", type: "boot", price: 189, Art: Boot },
    { name: "Lido", type: "loafer", price: 149, Art: Loafer },
    { name: "Vento", type: "runner", price: 119, Art: Runner },
  ],
  outdoor: [
    { name: "Fjord", type: "tent", price: 349, Art: Tent },
    { name: "Kar 32", type: "pack", price: 139, Art: Pack },
    { name: "Firn", type: "jacket", price: 259, Art: Jacket },
    { name: "Quell", type: "bottle", price: 29, Art: Bottle },
  ],
  home: [
    { name: "Alba", type: "lamp", price: 89, Art: Lamp },
    { name: "Nido", type: "chair", price: 159, Art: Chair },
    { name: "Riva", type: "mug", price: 18, Art: Mug },
    { name: "Selva", type: "plant", price: 34, Art: Plant },
  ],
};

/** Which goods fit a shop of this name. */
export function kindOf(shopName: string): Kind {
  return SIGNS.find(([, sign]) => sign.test(shopName))?.[0] ?? "home";
}
