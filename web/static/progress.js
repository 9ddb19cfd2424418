// A point for each day on which My problems was open.

// Adds today's point to what was kept: { base, last, days }. `base` is the list as the day before left it,
// `days` are { day, solved, points, more, gained, lost }: gained by solving, lost through others' solving.
export function visit(kept, day, codes, pointsOf) {
  const points = codes.reduce((total, code) => total + pointsOf(code), 0);
  const { base, last, days = [] } = kept ?? {};
  const before = last && last.day !== day ? last : base;
  const entry = { day, solved: codes.length, points };
  if (before) {
    const now = before.codes.reduce((total, code) => total + pointsOf(code), 0);
    Object.assign(entry, {
      more: codes.length - before.codes.length,
      gained: points - now,
      lost: now - before.points,
    });
  }
  return {
    base: before,
    last: { day, codes, points },
    days: [...days.filter((one) => one.day !== day), entry],
  };
}
