package firstrun

import (
	"context"
	"errors"
	"strings"

	"holdfast/model/plain"
	"holdfast/sync/identity"
	"holdfast/ui/text"
)

// inviteWrong says in one line what is wrong with an invite.
func inviteWrong(err error) string {
	var expired *identity.ExpiredError
	switch {
	case errors.As(err, &expired):
		return plain.Capital(expired.Error())
	case errors.Is(err, identity.ErrInviteTypo):
		return "It has a typo or is cut short: copy it once more, whole"
	case errors.Is(err, identity.ErrNotInvite):
		return "This is no Holdfast invite: one begins with holdfast1-"
	}
	return plain.Capital(err.Error())
}

// whyNot says why nobody let this device in, and what to do.
func whyNot(err error) string {
	cause := text.Block(err.Error())
	switch {
	case errors.Is(err, identity.ErrAskRefused):
		return "The people there said no, or did not answer in time. Ask again when somebody is at that screen."
	case errors.Is(err, identity.ErrUnreachable):
		_, tried, _ := strings.Cut(cause, identity.ErrUnreachable.Error()+": ")
		return "Nobody answered. Tried " + tried + ". The inviter's Holdfast must be open; type its address above where it has changed."
	case errors.Is(err, context.DeadlineExceeded):
		return "Nobody answered in time. The inviter's Holdfast must be open; type its address above where it has changed."
	case errors.Is(err, identity.ErrInviteUsed):
		return "This invite was used already. Ask for a new one."
	case errors.Is(err, identity.ErrInviteRevoked), errors.Is(err, identity.ErrInviteClosed):
		return "This invite was closed. Ask for a new one."
	case errors.Is(err, identity.ErrDeviceRemoved):
		return "This device was removed from the room, and its key cannot come back. Use another data folder or computer."
	}
	return "Not joined: " + strings.TrimPrefix(cause, "join: ")
}
