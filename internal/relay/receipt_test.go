package relay

import "testing"

func TestDeadMailbox(t *testing.T) {
	for said, want := range map[string]bool{
		"550 5.1.1 no such user": true, "5.1.1": true, "smtp; 550-5.1.1 the account": true, "status 5.2.1.": true, "556 5.1.10 null MX": true,
		"(#5.1.1)": true, "552 5.2.2 mailbox full": false, "550 5.7.1 blocked": false, "15.1.1": false, "5.1.12": false, "5.1.1.4": false, "": false,
		"4.1.1 later": false, "192.0.5.1.1": false,
	} {
		if got := DeadMailbox(said); got != want {
			t.Errorf("%q: %t", said, got)
		}
	}
}
