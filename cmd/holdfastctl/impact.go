package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"holdfast/model"
	"holdfast/model/policy"
	"holdfast/sync/node"
)

func (a *app) impactCommand() *cobra.Command {
	var i model.AssessImpact
	c := &cobra.Command{
		Use: "impact INC", Short: "Say how far the damage reaches; more than before asks whether to escalate", Args: takes(1, 1),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			i.Incident = args[0]
			return a.do(ctx, c, i, code)
		}),
	}
	c.Flags().StringVar(&i.Share, "share", "", "share of users hit, in percent: 12, 5-10 or unknown")
	c.Flags().StringSliceVar(&i.Regions, "regions", nil, "regions hit, all of them")
	c.Flags().StringSliceVar(&i.Services, "services", nil, "services it touches, all of them")
	c.Flags().StringVar(&i.Who, "who", "", "who is hit, in words")
	c.Flags().StringVar(&i.Money, "money", "", "money at risk, such as \"EUR 20 000 an hour\"")
	c.Flags().StringVar(&i.Reason, "reason", "", "how it is known, for the record")
	return c
}

func (a *app) triggerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "trigger INC TRIGGER DECISION", Args: takes(3, 3),
		Short: "Record what was decided where the escalation asked: " + strings.Join(policy.TriggerIDs[:], ", "),
		RunE: a.through(func(ctx context.Context, c *node.Client, args []string) error {
			return a.do(ctx, c, model.AnswerTrigger{Incident: args[0], Trigger: args[1], Decision: args[2]}, code)
		}),
	}
}
