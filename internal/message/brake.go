package message

import "time"

// BrakeFacts are what the operator is told when so many typed codes are wrong that somebody may be trying one code on many accounts.
type BrakeFacts struct {
	Lang string
	At   time.Time // when that was noticed
}

// Brake writes the letter to the operator. It names no account: whose codes were tried is in nobody's count.
func (c *Composer) Brake(f BrakeFacts) (Letter, error) {
	return c.write(f.Lang, "brake", "mail.brake.subject", c.catalogue(f.Lang).T("mail.brake.peek"), f)
}
