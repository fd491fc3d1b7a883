package page

// recorded are the texts for what was recorded, by event and outcome; an event alone is for every other outcome of it.
var recorded = map[string]string{
	"opened":             "record.opened",
	"code":               "record.code.unsent",
	"code/carried":       "record.code.sent",
	"code/too_late":      "record.code.late",
	"code/refused":       "record.code.refused",
	"entered":            "record.entered.wrong",
	"entered/proved":     "record.entered.proved",
	"entered/tries_used": "record.entered.over",
	"link":               "record.link.dead",
	"link/proved":        "record.link.proved",
	"password":           "record.password.set",
	"password/link":      "record.password.by_link",
	"changed":            "record.changed",
	"notice":             "record.notice.unsent",
	"notice/carried":     "record.notice.sent",
	"sign_in":            "record.sign_in.wrong",
	"sign_in/right":      "record.sign_in.right",
	"sign_out":           "record.sign_out",
	"ended":              "record.ended.single",
	"ended/others":       "record.ended.others",
}

// Text names the text of the record.
func (r Record) Text() string {
	if key, ok := recorded[r.Event+"/"+r.Outcome]; ok {
		return key
	}
	if key, ok := recorded[r.Event]; ok {
		return key
	}
	return "record.unknown"
}
