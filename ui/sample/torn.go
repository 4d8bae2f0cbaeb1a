package sample

import (
	"time"

	"holdfast/model"
	"holdfast/sync/node"
)

// Torn is the typical room after a longer split: a device that was removed on
// one side wrote on on the other, two admins acted on each other, a severity went
// up here and down there, and a task was ticked here and dropped there.
func Torn() (Story, error) {
	st, err := Typical()
	if err != nil {
		return Story{}, err
	}
	r, now, inc := st.Room, st.Now, st.Incident.String()
	ana, tom, li, jo := r.Device(0), r.Device(1), r.Device(2), r.Device(3)
	r.step(now.Add(-50*time.Minute), ana, model.SetMemberRole{Device: li.Key.String(), Role: model.RoleAdmin})
	r.step(now.Add(-49*time.Minute), ana, model.SetMemberRole{Device: tom.Key.String(), Role: model.RoleAdmin, Reason: "second admin for the night"})
	task := r.step(now.Add(-40*time.Minute), ana, model.AddTask{Incident: inc, Text: "Roll the load balancer back", Owner: people[2]}).ID.String()
	for _, side := range []struct {
		d    *Device
		acts []model.Command
	}{
		{ana, []model.Command{
			model.SetIncident{Incident: inc, Severity: model.P0, Reason: "customers lose data"},
			model.FinishTask{Task: task, Result: "rolled back, no change"},
			model.RemoveMember{Device: jo.Key.String(), Reason: "laptop left on the train"},
			model.SetMemberRole{Device: li.Key.String(), Role: model.RoleMember, Reason: "one admin a site"},
		}},
		{tom, []model.Command{
			model.SetIncident{Incident: inc, Severity: model.P2, Reason: "read-only copy serves"},
			model.DropTask{Task: task, Reason: "the balancer is fine"},
		}},
		{li, []model.Command{model.RemoveMember{Device: tom.Key.String(), Reason: "by mistake"}}},
		{jo, []model.Command{
			model.Log{Incident: inc, Kind: "finding", Text: "Azure copy of 31 January is complete, 17:20 UTC"},
			model.Log{Incident: inc, Kind: "action", Text: "Started the copy to db2 from here"},
			model.SetIncident{Incident: inc, Phase: "recovery"},
		}},
	} {
		side.d.Now = now.Add(-6 * time.Minute)
		for _, c := range side.acts {
			if _, err := side.d.Do(c); err != nil {
				return Story{}, err
			}
			side.d.Now = side.d.Now.Add(41 * time.Second)
		}
	}
	r.Meet()
	r.At(now)
	return st, nil
}

// Asking are devices that ask to be let into the room of Torn.
func Asking(st Story) []node.AskView {
	return []node.AskView{{
		Words: "amber harbour kettle", Person: people[3], Name: "jo-spare-laptop", Since: st.Now.Add(-70 * time.Second),
	}}
}

// Aside is what an admin reads of the quarantine of Torn.
func Aside(st Story) []model.QuarantineView {
	views := st.Room.Device(0).State().QuarantineViews(false)
	for i := range views {
		views[i].Preview = []string{"Azure copy of 31 January is complete, 17:20 UTC", "Started the copy to db2 from here", "sets phase to recovery"}
	}
	return views
}
