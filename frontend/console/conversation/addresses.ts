/** Addresses as they are typed: several, with commas, semicolons or spaces between. Pure. */

export const MOST = { to: 5, cc: 10 };

const ADDRESS = /^[^\s<>@,;:"'()[\]\\]{1,64}@[^\s<>@,;:"'()[\]\\]{1,189}$/;

export const split = (typed: string) => typed.split(/[,;\s]+/).filter(Boolean);

/** The first that is no address, or empty. */
export const wrongIn = (typed: string) => split(typed).find((each) => !ADDRESS.test(each)) ?? "";

export function fitsEnvelope({ to = "", cc = "" }: { to?: string; cc?: string }): boolean {
  return !wrongIn(to) && !wrongIn(cc) && split(to).length <= MOST.to && split(cc).length <= MOST.cc;
}
