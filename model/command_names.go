package model

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// CommandName gives the name under which a command travels between processes
// of one machine; "" where it may not travel.
func CommandName(c Command) string {
	switch c.(type) {
	case Declare:
		return "declare"
	case SetIncident:
		return "set"
	case Settle:
		return "settle"
	case Resolve:
		return "resolve"
	case Close:
		return "close"
	case Reopen:
		return "reopen"
	case Log:
		return "log"
	case EditEntry:
		return "log-edit"
	case RetractEntry:
		return "log-retract"
	case AddTask:
		return "task-add"
	case FinishTask:
		return "task-done"
	case AssignRole:
		return "role-assign"
	case AcceptRole:
		return "role-accept"
	case ReleaseRole:
		return "role-release"
	case AddPerson:
		return "person-add"
	case SetRoom:
		return "room-set"
	case RemoveMember:
		return "member-remove"
	case CloseInvite:
		return "invite-close"
	}
	return ""
}

// DecodeCommand reads a command that another process of this machine sent.
func DecodeCommand(name string, args []byte) (Command, error) {
	switch name {
	case "declare":
		return commandFrom[Declare](name, args)
	case "set":
		return commandFrom[SetIncident](name, args)
	case "settle":
		return commandFrom[Settle](name, args)
	case "resolve":
		return commandFrom[Resolve](name, args)
	case "close":
		return commandFrom[Close](name, args)
	case "reopen":
		return commandFrom[Reopen](name, args)
	case "log":
		return commandFrom[Log](name, args)
	case "log-edit":
		return commandFrom[EditEntry](name, args)
	case "log-retract":
		return commandFrom[RetractEntry](name, args)
	case "task-add":
		return commandFrom[AddTask](name, args)
	case "task-done":
		return commandFrom[FinishTask](name, args)
	case "role-assign":
		return commandFrom[AssignRole](name, args)
	case "role-accept":
		return commandFrom[AcceptRole](name, args)
	case "role-release":
		return commandFrom[ReleaseRole](name, args)
	case "person-add":
		return commandFrom[AddPerson](name, args)
	case "room-set":
		return commandFrom[SetRoom](name, args)
	case "member-remove":
		return commandFrom[RemoveMember](name, args)
	case "invite-close":
		return commandFrom[CloseInvite](name, args)
	}
	return nil, refuse("there is no command %.40q", name)
}

func commandFrom[C Command](name string, args []byte) (Command, error) {
	var c C
	d := json.NewDecoder(bytes.NewReader(args))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("read command %s: %w", name, err)
	}
	return c, nil
}
