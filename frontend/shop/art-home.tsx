/** Things for the home, drawn with the shop's colour. */

export function Lamp() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c2" d="M66 66h108l24 70H42z" opacity=".35" />
      <path class="c1" d="M92 16h56c3 0 5 1 6 4l20 46H66l20-46c1-3 3-4 6-4z" />
      <path class="ink" d="M117 66h6v60h-6z" />
      <path class="c3" d="M94 126h52c5 0 8 3 8 8v3H86v-3c0-5 3-8 8-8z" />
      <path class="line light" d="M98 26 84 58M142 26l14 32" />
    </svg>
  );
}

export function Mug() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="line thick" d="M158 58c30-6 40 10 34 30-5 16-20 22-40 20" />
      <path class="c1" d="M68 40h96v60c0 22-14 34-34 34h-28c-20 0-34-12-34-34z" />
      <path class="c2" d="M68 76h96v24c0 4-1 8-2 12H70c-1-4-2-8-2-12z" />
      <path class="c3" d="M68 40c0-7 96-7 96 0s-96 7-96 0z" />
      <path class="line" d="M98 26c-6-8 6-10 0-18M118 26c-6-8 6-10 0-18M138 26c-6-8 6-10 0-18" />
    </svg>
  );
}

export function Chair() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="line thick" d="M88 92 78 140M156 92l10 48M104 92l-2 40M142 92l3 40" />
      <path class="c1" d="M86 12c22-6 50-6 72 0 5 1 7 5 6 10l-7 44H87l-7-44c-1-5 1-9 6-10z" />
      <path class="c3" d="M78 76h88c6 0 10 4 10 9s-4 9-10 9H78c-6 0-10-4-10-9s4-9 10-9z" />
      <path class="c2" d="M92 66h60v10H92z" />
      <path class="line light" d="M98 22c16-3 32-3 48 0" />
    </svg>
  );
}

export function Plant() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c2" d="M118 92C90 88 72 66 76 34c28 4 44 26 42 58zM122 92c-2-36 16-60 48-66 6 36-14 60-48 66z" />
      <path class="c1" d="M120 92c-16-24-14-56 2-82 18 26 18 58-2 82z" />
      <path class="line" d="M120 92V40M120 92 92 54M120 92l32-42" />
      <path class="c3" d="M88 92h64l-8 42c-1 4-4 6-8 6h-32c-4 0-7-2-8-6z" />
      <path class="line light" d="M90 104h60" />
    </svg>
  );
}
