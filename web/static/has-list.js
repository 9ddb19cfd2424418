// Runs before the page is drawn, so that nothing moves for a visitor with a list.
try {
  const hasList = JSON.parse(localStorage.getItem("spojscore.solved")).length > 0;
  document.documentElement.classList.toggle("has-list", hasList);
} catch {
  // No saved list.
}
