// Package browser holds no code. Its tests walk through the product with a real browser, as people do: Chromium against the
// whole program as internal/daemon builds it, on loopback, with mails that travel by SMTP, and texts by HTTP, into internal/mailbox.
//
// Every tab has a witness. Whatever the browser complains of (errors and warnings on the console, violations of the content
// security policy, issues that it found in a page) and every request to another origin than the site's fails the test that
// the tab belongs to. The card is solved as a person solves it, by rubbing, tapping, keys or numbers; where its
// chickens are, scratch/scratchtest tells to those who hold the key, as these tests do.
//
// Chromium and axe-core come with script/prepare. Where they are missing the tests are skipped by name, and fail with CI=true.
//
//	go test ./internal/browser -run TestPictures -pictures docs/pictures   the README's pictures
//	go test ./internal/browser -run TestShots -shots FOLDER                each step on phone and desktop, for looking at
package browser
