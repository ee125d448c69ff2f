/** A short tone on an offer; off unless this person turned it on. */

import { create } from "zustand";

const KEPT = "centralita.sound";

export const useSound = create<{ on: boolean }>(() => ({ on: localStorage.getItem(KEPT) === "on" }));

export function setSound(on: boolean): void {
  localStorage.setItem(KEPT, on ? "on" : "off");
  useSound.setState({ on });
  if (on) chime();
}

let context: AudioContext | undefined;

export function chime(): void {
  if (!useSound.getState().on) return;
  context ??= new AudioContext();
  const start = context.currentTime;
  [660, 880].forEach((hertz, place) => {
    const tone = context!.createOscillator();
    const level = context!.createGain();
    tone.frequency.value = hertz;
    level.gain.setValueAtTime(0.08, start + place * 0.12);
    level.gain.exponentialRampToValueAtTime(0.0001, start + place * 0.12 + 0.25);
    tone.connect(level).connect(context!.destination);
    tone.start(start + place * 0.12);
    tone.stop(start + place * 0.12 + 0.26);
  });
}
