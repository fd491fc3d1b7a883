package daemon

import (
	"fmt"
	"io/fs"
	"os"

	"twohens/internal/config"
	"twohens/internal/help"
	"twohens/internal/recovery"
)

// NewHelp reads the articles of the help: the product's, then those of the folders, then those of help.folder. It tells what is wrong in
// them; what can be shown is shown all the same.
func NewHelp(c *config.Config, folders ...fs.FS) (*help.Centre, []help.Fault, error) {
	if c.Help.Folder != "" {
		// A link in the folder that leads out of it is not followed: an article is public, and the machine's files are not.
		root, err := os.OpenRoot(string(c.Help.Folder))
		if err != nil {
			return nil, nil, fmt.Errorf("help.folder: %w", err)
		}
		defer root.Close()
		folders = append(folders, root.FS())
	}
	p := &c.Recovery.Policy
	return help.New(help.Facts{
		Site: c.Site.Name, MailFrom: c.Mail.From.Address(), CodeLife: p.CodeLife,
		Least: c.Password.MinLength, Most: c.Password.MaxLength,
		Phone: p.Offers(recovery.WayPhone), Questions: p.Offers(recovery.WayQuestions), Saved: p.Offers(recovery.WaySaved),
		Several: p.Several(), Account: c.SignIn.URL == nil,
	}, folders...)
}
