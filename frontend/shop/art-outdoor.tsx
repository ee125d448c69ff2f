/** Outdoor gear, drawn with the shop's colour. */

export function Tent() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c1" d="M22 124 112 26c4-4 9-4 12 0l94 98z" />
      <path class="c2" d="M118 23c2 0 4 1 6 3l94 98h-64z" />
      <path class="c3" d="M118 58 88 124h62z" />
      <path class="paper" d="M118 58c-4 26-16 48-30 66h24z" />
      <path class="line" d="M118 23V12M22 124l-14 6M218 124l14 6M8 130h224" />
    </svg>
  );
}

export function Pack() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="line" d="M100 22c0-16 40-16 40 0" />
      <path class="c3" d="M70 66c-16 4-20 22-18 46 0 6 4 8 8 8h18zM170 66c16 4 20 22 18 46 0 6-4 8-8 8h-18z" />
      <path class="c1" d="M76 52c0-22 18-34 44-34s44 12 44 34v76c0 6-4 10-10 10H86c-6 0-10-4-10-10z" />
      <path class="c2" d="M76 52c0-22 18-34 44-34s44 12 44 34v8c-24 10-64 10-88 0z" />
      <path class="c3" d="M90 86h60c4 0 6 2 6 6v30c0 6-4 9-9 9H93c-5 0-9-3-9-9V92c0-4 2-6 6-6z" />
      <path class="line light" d="M84 100h72M104 62v12M136 62v12" />
    </svg>
  );
}

export function Bottle() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="ink" d="M104 10h32c3 0 5 2 5 5v13H99V15c0-3 2-5 5-5z" />
      <path class="c1" d="M99 28h42c0 10 13 12 13 28v74c0 7-4 11-11 11H97c-7 0-11-4-11-11V56c0-16 13-18 13-28z" />
      <path class="c2" d="M86 66h68v42H86z" />
      <path class="line light" d="M96 58v74" />
      <path class="line" d="M108 94l12-16 8 9 5-5 9 12z" />
    </svg>
  );
}

export function Jacket() {
  return (
    <svg viewBox="0 0 240 150" aria-hidden="true">
      <path class="c3" d="M96 24 58 42c-7 3-10 8-11 15l-9 73h27l18-70zM144 24l38 18c7 3 10 8 11 15l9 73h-27l-18-70z" />
      <path class="c1" d="M92 24c16 12 40 12 56 0l18 10c4 34 4 70 2 102-32 6-64 6-96 0-2-32-2-68 2-102z" />
      <path class="c2" d="M94 12c16-8 36-8 52 0 4 8 4 16 2 24-16 10-40 10-56 0-2-8-2-16 2-24z" />
      <path class="line" d="M120 42v96" />
      <path class="line light" d="M84 100l18 8M156 100l-18 8M74 64c30 8 62 8 92 0" />
    </svg>
  );
}
