/** Colour arithmetic: OKLCH and hex to linear sRGB, and the WCAG contrast ratio. */

export type Rgb = readonly [number, number, number];

/** Linear sRGB of an OKLCH colour (Ottosson 2020), clamped to the gamut. Hue in degrees. */
export function fromOklch(lightness: number, chroma: number, hue: number): Rgb {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clamp = (x: number) => Math.min(1, Math.max(0, x));
  return [
    clamp(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clamp(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clamp(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Linear sRGB of "#rgb" or "#rrggbb"; null for anything else. */
export function fromHex(hex: string): Rgb | null {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(hex);
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex);
  const parts = short ? short.slice(1).map((x) => x + x) : long?.slice(1);
  if (!parts) return null;
  const [r, g, b] = parts.map((x) => linear(parseInt(x, 16) / 255)) as [number, number, number];
  return [r, g, b];
}

function linear(channel: number): number {
  return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
}

export function luminance([r, g, b]: Rgb): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** WCAG 2.2 contrast ratio, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** White if it reads on a client's colour, else black (one of the two always does). */
export function textOn(hex: string): "#ffffff" | "#000000" {
  const ground = fromHex(hex.slice(0, 7));
  return !ground || contrast(ground, [1, 1, 1]) >= 4.5 ? "#ffffff" : "#000000";
}
