// Command holdfastctl is Holdfast in a terminal, and as a peer without a
// screen. Every command is a thin face over package node: it opens the home for
// a moment, or goes through the process that owns it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"holdfast/model/plain"
)

// What a command's end tells a script.
const (
	exitDone    = 0
	exitRefused = 1 // refused or failed; one line on stderr says why
	exitUsage   = 2 // not a command this program has
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now, sits: sits}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// app is one run of the program.
type app struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	sits     func() bool // whether a person sits here who can be asked; nil is no

	// What the global flags say.
	home, room, zone string
	json             bool
	// confirm is the flag of the commands that may be taken for a slip.
	confirm bool

	// remarks are what the arguments leave to be said with the result.
	remarks []string
}

// run carries out one command line and gives the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &usage):
		a.complain(err)
		return exitUsage
	}
	a.complain(err)
	return exitRefused
}

// complain says on stderr, in one line, why the command did not do its work.
func (a *app) complain(err error) {
	text := ""
	for said := range strings.Lines(err.Error()) {
		switch said = strings.TrimSpace(said); {
		case said == "":
		case text == "" || strings.HasSuffix(text, ":"):
			text = strings.TrimLeft(text+" "+said, " ")
		default:
			text += "; " + said
		}
	}
	fmt.Fprintf(a.err, "holdfastctl: %s\n", plain.Line(text))
}

// usageError is a command line that makes no sense, whatever the room holds.
type usageError struct{ text string }

func (e *usageError) Error() string { return e.text }

func misused(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

// root gives the whole tree of commands.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "holdfastctl",
		Short:         "Run an incident from a terminal",
		Long:          longRoot,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE:          group,
		PersistentPreRunE: func(*cobra.Command, []string) error {
			_, err := a.zoned()
			return err
		},
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return misused("%s; `%s --help` shows how it is used", err, c.CommandPath())
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.home, "home", "", "data folder (default: $HOLDFAST_HOME, else this user's data folder)")
	flags.StringVar(&a.room, "room", "", "room, where the home holds several: its name or the start of its id")
	flags.StringVar(&a.zone, "zone", "", "time zone of the times given, such as Europe/Berlin (default: the setting zone, else this machine's)")
	flags.BoolVar(&a.json, "json", false, "print one JSON document; \"help json\" names the forms")
	root.AddCommand(
		a.roomCommand(), a.serveCommand(), a.peersCommand(),
		a.declareCommand(), a.alertCommand(), a.incidentsCommand(), a.showCommand(), a.setCommand(), a.settleCommand(),
		a.resolveCommand(), a.closeCommand(), a.reopenCommand(), a.roleCommand(), a.teamCommand(), a.cadenceCommand(),
		a.assessCommand(), a.mergeCommand(), a.toolsCommand(), a.phaseCommand(), a.checkCommand(), a.responseCommand(), a.factsCommand(),
		a.hypothesisCommand(), a.optionCommand(), a.decisionCommand(), a.lockCommand(),
		a.logCommand(), a.timelineCommand(), a.taskCommand(), a.messageCommand(), a.outboxCommand(),
		a.runbookCommand(), a.dueCommand(), a.drillCommand(), a.escalateCommand(), a.impactCommand(), a.triggerCommand(), a.pageCommand(), a.ackCommand(), a.targetCommand(), a.policyCommand(),
		a.securityCommand(), a.evidenceCommand(), a.indicatorCommand(), a.credentialCommand(), a.attackCommand(), a.holdCommand(),
		a.clockCommand(), a.breachCommand(), a.reviewCommand(), a.actionCommand(), a.reportCommand(), a.metricsCommand(),
		a.templatesCommand(), a.textCommand(), a.peopleCommand(), a.vendorCommand(), a.accessCommand(), a.oncallCommand(),
		a.attachCommand(), a.attachmentsCommand(), a.attachmentCommand(),
		a.importCommand(), a.exportCommand(), a.bundleCommand(),
		a.verifyCommand(), a.compactCommand(), a.stateCommand(), a.configCommand(), a.versionCommand(), jsonTopic(),
	)
	return root
}

// group is what a command does that only holds others.
func group(c *cobra.Command, args []string) error {
	var names []string
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			names = append(names, sub.Name())
		}
	}
	if len(args) > 0 {
		return misused("%s has no command %q; it has: %s", c.CommandPath(), args[0], strings.Join(names, ", "))
	}
	return misused("%s needs a command: %s", c.CommandPath(), strings.Join(names, ", "))
}

// groupCommand makes a command that only holds others.
func groupCommand(name, short string, subs ...*cobra.Command) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short, Args: cobra.ArbitraryArgs, RunE: group}
	c.AddCommand(subs...)
	return c
}

// takes bounds the number of arguments and names the flags a command cannot do
// without.
func takes(least, most int, required ...string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) < least || len(args) > most {
			return misused("it is used like this: %s", c.UseLine())
		}
		for _, name := range required {
			if !c.Flags().Changed(name) {
				return misused("--%s is missing; it is used like this: %s", name, c.UseLine())
			}
		}
		return nil
	}
}
