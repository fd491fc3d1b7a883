// Command twohens is a self-hosted account recovery server: "Forgot Password" for any site.
package main

import (
	"os"

	"twohens/internal/cli"
)

func main() { os.Exit(cli.Main()) }
