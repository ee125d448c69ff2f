import { Link } from "@tanstack/react-router";

import { asMonth } from "../../shared/time/words";
import type { Decimal, Overview } from "../api";
import { asNumber, asPercent, linePath } from "../figures";
import { useLocale } from "../locale";
import { useWords } from "../words/load";

const WIDTH = 168;
const HEIGHT = 34;

/** Six months of one clause; each month opens. The dashed line is what was promised. */
export function Sparkline({ code, trend, goal }: { code: string; trend: Overview["trend"]; goal: Decimal }) {
  const say = useWords();
  const language = useLocale();
  const shares = trend.map((point) => asNumber(point.shares[code]));
  const promised = asNumber(goal) ?? 0;
  const known = shares.filter((share) => share !== null);
  if (known.length === 0) return null;
  const low = Math.min(...known, promised);
  const high = Math.max(...known, promised);
  const y = (share: number) => (high === low ? HEIGHT / 2 : HEIGHT - ((share - low) / (high - low)) * HEIGHT);
  const x = (index: number) => (index / Math.max(1, trend.length - 1)) * WIDTH;
  const path = linePath(scaled(shares, low, high), WIDTH, HEIGHT);
  return (
    <figure className="min-w-0">
      <svg
        viewBox={`-5 -5 ${WIDTH + 10} ${HEIGHT + 10}`}
        className="block w-full max-w-[178px]"
        role="group"
        aria-label={say("overview.six_months")}
      >
        <path d={`M0 ${y(promised).toFixed(1)}H${WIDTH}`} stroke="var(--text-3)" strokeDasharray="3 3" />
        <path d={path} fill="none" stroke="var(--text-1)" strokeWidth="1.5" strokeLinejoin="round" />
        {shares.map(
          (share, index) =>
            share !== null && (
              <Link
                key={trend[index]!.month}
                to="/"
                search={{ month: trend[index]!.month }}
                aria-label={`${asMonth(trend[index]!.month, language)}: ${asPercent(share, language, goal)}`}
              >
                <circle cx={x(index)} cy={y(share)} r="9" fill="transparent" />
                <circle cx={x(index)} cy={y(share)} r={index === shares.length - 1 ? 3.5 : 2} fill={share < promised ? "var(--risk)" : "var(--text-1)"}>
                  <title>{`${asMonth(trend[index]!.month, language)}: ${asPercent(share, language, goal)}`}</title>
                </circle>
              </Link>
            ),
        )}
      </svg>
      <figcaption className="pt-1 text-12 text-text-2">{say("overview.six_months")}</figcaption>
    </figure>
  );
}

/** Shares stretched so that the lowest of line and promise is 0 and the highest 1. */
function scaled(shares: (number | null)[], low: number, high: number): (number | null)[] {
  return shares.map((share) => (share === null ? null : high === low ? 0.5 : (share - low) / (high - low)));
}
