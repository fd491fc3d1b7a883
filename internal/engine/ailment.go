package engine

import (
	"time"

	"twohens/internal/contact"
)

// Ailment marks a contact of an account to which nothing can be delivered. Its owner is told after the next sign-in, and nobody
// else ever.
type Ailment struct {
	Contact contact.Contact
	Since   time.Time
	Said    string // the other side's words, cleaned
}
