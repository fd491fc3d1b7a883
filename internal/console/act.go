package console

import (
	"net/http"

	"twohens/internal/staff"
)

// actsShown is how many acts are listed.
const actsShown = 200

func (v *visit) records() {
	acts, err := v.Staff.Table.Acts(v.r.Context(), actsShown)
	if err != nil {
		v.fail(err)
		return
	}
	v.show(http.StatusOK, "records", "console.records", acts)
}

// deedKeys are the words for acts.
var deedKeys = map[staff.Deed]string{
	staff.SignedIn: "console.act.signed_in", staff.Failed: "console.act.failed", staff.SignedOut: "console.act.signed_out", staff.LookedUp: "console.act.looked_up",
	staff.Started: "console.act.started", staff.Off: "console.act.switched_off", staff.On: "console.act.switched_on",
}
