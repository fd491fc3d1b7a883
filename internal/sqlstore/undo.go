package sqlstore

import "twohens/internal/engine"

// All of it only while the password of that recovery, or one that was changed from it, is the account's; what has been added since only
// while an older e-mail address is left. The account is locked by the step before, so what they see stays; its password goes last.
const (
	stillItsPassword = "EXISTS (SELECT 1 FROM account WHERE id = ? AND recovered = ? AND recovered <> '')"
	olderAddressLeft = "EXISTS (SELECT 1 FROM contact AS older WHERE older.account = ? AND older.kind = 'email' AND older.added < ?)"
	whatCameSince    = stillItsPassword + " AND " + olderAddressLeft
)

var (
	undoSessions     = both("DELETE FROM session WHERE account = ? AND " + stillItsPassword)
	undoConfirmation = both("DELETE FROM confirmation WHERE account = ? AND " + stillItsPassword)
	undoAnswers      = both("DELETE FROM answer WHERE account = ? AND made >= ? AND " + whatCameSince)
	undoSaved        = both("DELETE FROM saved_code WHERE account = ? AND made >= ? AND " + whatCameSince)
	undoContacts     = both("DELETE FROM contact WHERE account = ? AND added >= ? AND " + whatCameSince)
	undoPassword     = both("UPDATE account SET version = version + 1, hash = '', recovered = '', changed = ? WHERE id = ? AND recovered = ? AND recovered <> ''")
)

// undo makes the steps of "this was not me".
func undo(u engine.Undoing) []step {
	account, request, since := u.Account, string(u.Request), millis(u.Since)
	return []step{
		do(undoSessions, account, account, request),
		do(undoConfirmation, account, account, request),
		do(undoAnswers, account, since, account, request, account, since),
		do(undoSaved, account, since, account, request, account, since),
		do(undoContacts, account, since, account, request, account, since),
		do(undoPassword, millis(u.At), account, request),
	}
}
