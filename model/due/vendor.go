package due

import "holdfast/model"

// tickets ask for the answer a vendor promised, and for a time where they
// promised none: their silence is what nobody watches. Source: the account of the
// Cloudflare outage of 2 November 2023, where it cost three hours. The end of the
// incident ends no waiting: the vendor's account of the cause comes after it.
func (b *builder) tickets() {
	for _, id := range b.inc.Items.Of(model.ClassTicket) {
		item := b.inc.Items[id]
		f, vendor := item.Fields, b.state.TicketVendor(item)
		number := f.Text(model.TicketNumber)
		d := Due{Kind: Vendor, Key: id.String(), From: f.Time(model.TicketOpened), DueAt: f.Time(model.TicketPromised), Who: vendor}
		switch {
		case !d.DueAt.IsZero():
			d.What, d.Why = vendor+" answers on ticket "+number, "promised by the vendor"
			if number == "" {
				d.What = vendor + " answers on the ticket"
			}
		case f.Text(model.TicketAnswer) != "":
			d.DueAt, d.What = d.From, vendor+" answered"
			b.done(&d, firstLine(f.Text(model.TicketAnswer)))
			continue
		default:
			d.DueAt, d.What = d.From.Add(askVendor), "Ask "+vendor+" when they answer"
			d.Why = "they promised no time; a ticket nobody asks after waits"
			if number == "" {
				d.What += ", and for the number of the ticket"
			}
		}
		b.add(&d)
	}
}

// ticketed tells which ticket answers the trigger that asks for one.
func (b *builder) ticketed() string {
	tickets := b.inc.Items.Of(model.ClassTicket)
	if len(tickets) == 0 {
		return ""
	}
	first := b.inc.Items[tickets[0]]
	if number := first.Fields.Text(model.TicketNumber); number != "" {
		return "ticket " + number + " with " + b.state.TicketVendor(first)
	}
	return "a ticket with " + b.state.TicketVendor(first)
}
