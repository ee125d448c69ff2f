/** Shoes seen from the side, drawn with the shop's colour (--c1 plain, --c2 light, --c3 dark). */

export function Sneaker() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c1" d="M26 104c-3-22 1-44 6-58 1-4 5-5 8-3 9 7 22 8 34-2l9-8c3-3 7-2 9 1 9 15 26 31 48 39 20 7 44 8 62 15 8 3 10 9 10 16z" />
      <path class="c2" d="M160 79c18 4 34 6 45 10 6 3 7 8 7 15h-44c-3-10-5-17-8-25z" />
      <path class="c3" d="M26 104c-2-14-1-28 1-40 14 6 24 18 26 40z" />
      <path class="paper" d="M22 102h188c5 0 8 4 8 9 0 9-7 15-16 15H36c-10 0-17-5-18-14-1-6 0-10 4-10z" />
      <path class="line" d="M20 114h197M87 51l14-7M96 61l14-8M107 70l14-8M119 78l12-8" />
      <path class="line light" d="M62 101c8-22 26-30 46-27M74 101c7-16 20-22 36-20" />
    </svg>
  );
}

export function Boot() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c1" d="M52 12h66c4 0 6 3 6 7 0 20 6 33 22 43 16 9 36 11 48 20 9 7 12 15 12 26H46c-4-30 2-58 0-90 0-4 2-6 6-6z" />
      <path class="c3" d="M96 12h22c4 0 6 3 6 7 0 20 6 33 22 43-14 4-24 10-30 20-14-20-20-42-20-70z" />
      <path class="c2" d="M158 68c14 3 27 7 36 14 9 7 12 15 12 26h-58c0-16 3-28 10-40z" />
      <path class="ink" d="M42 106h168c4 0 6 3 6 7v11c0 3-2 5-5 5h-46l-6-8h-56l-5 8H46c-3 0-6-2-6-6v-10c0-4 0-7 2-7z" />
      <path class="line light" d="M98 26l26 4M99 38l27 5M102 50l29 4M106 62l34-2" />
      <path class="line" d="M60 12c-6 0-10-8-6-10 5-1 8 4 8 10" />
    </svg>
  );
}

export function Loafer() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c1" d="M24 110c-3-18-3-34 2-48 1-4 5-5 8-3 18 10 42 12 66 4 12-4 24-4 34 2 18 10 42 14 62 20 12 4 18 12 18 25z" />
      <path class="c3" d="M36 60c18 8 40 9 62 3 8-3 15-4 22-3-10 12-26 18-46 18-18 0-31-6-38-18z" />
      <path class="c2" d="M112 62c8-2 16-1 22 3 6 3 13 6 20 8-2 10-10 15-22 14-12-1-20-9-20-25z" />
      <path class="line light" d="M118 74c10 6 22 8 34 4" />
      <path class="ink" d="M22 108h190c4 0 6 2 6 5 0 6-4 9-10 9H88l-4 6H28c-5 0-8-3-8-7z" />
    </svg>
  );
}

export function Runner() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c2" d="M30 100c-6-18-4-36 4-52 2-4 6-4 9-1 9 9 20 8 30-2l8-8c3-3 7-3 10 0 14 16 32 30 54 37 22 6 44 8 60 16 6 3 7 7 7 10z" />
      <path class="c1" d="M30 100c-3-10-4-20-2-30 22 0 38 8 48 30zM90 100c4-18 12-32 26-44 8 7 18 13 29 18-12 6-20 14-24 26z" />
      <path class="c3" d="M166 78c16 3 30 6 40 12 6 3 7 7 7 10h-38c-1-9-4-16-9-22z" />
      <path class="paper" d="M20 98c30 6 60-2 92 2 34 4 66 2 100-2 6 0 10 5 8 11-3 9-10 14-22 14H44c-16 0-26-6-28-16-1-5 0-9 4-9z" />
      <path class="line" d="M18 112c40 5 60-4 96 0 36 4 68 3 104-2M87 53l14-6M97 63l14-7M109 71l13-7" />
    </svg>
  );
}
