# Words on the pages.
web-skip = Skip to the content
web-demo-banner = A sample regency: people, devices and figures here are invented.
web-nav = Main menu
web-nav-home = Home
web-nav-runs = Runs
web-nav-status = Connection
web-nav-complaints = Complaints
web-dark = Dark theme
web-light = Light theme
web-greeting = Welcome, { $name }
web-welcome = Welcome.
web-waiting = Waiting for you
web-waiting-none = Nothing waits for you.
web-waits-issue = The order “{ $run }” waits for your signature.
web-waits-dispose = The order “{ $run }” waits for your disposition.
web-waits-teams = { $run } waits for you to form its teams.
web-waits-reports =
    { $count ->
        [one] { $count } report
       *[other] { $count } reports
    } of { $run } { $count ->
        [one] waits
       *[other] wait
    } for your acceptance.
web-waits-step = { $run } waits for you at its next step.
web-look = Look
web-look-and-issue = Look and issue
web-look-and-dispose = Look and dispose
web-order-scope =
    { $sites ->
        [one] { $sites } site
       *[other] { $sites } sites
    }, valid until { $until }
web-late = Late
web-late-none = Nothing is late.
web-late-in-run =
    { $count ->
        [one] { $count } thing is
       *[other] { $count } things are
    } late in { $run }.
web-late-more = And { $count } more.
web-late-plan = { $what } (against the plan)
web-late-by = { $what } over
web-late-running = still running
web-late-ended = ended
web-cause = cause: { $what }
web-more-runs = Further runs
web-met-of = { $met } of { $targets } sites met
web-reports-of = { $accepted } of { $reports } reports accepted
web-down = Without connection
web-down-none = All sites are connected.
web-down-none-known =
    No site is known to be down; of { $unknown ->
        [one] { $unknown } site
       *[other] { $unknown } sites
    } nothing is known.
web-down-some =
    { $count ->
        [one] { $count } site is
       *[other] { $count } sites are
    } without connection.
web-down-some-unknown =
    { $count ->
        [one] { $count } site is
       *[other] { $count } sites are
    } without connection; of { $unknown ->
        [one] { $unknown } site
       *[other] { $unknown } sites
    } nothing is known.
web-down-nothing-watched = No device is watched yet.
web-down-for = for { $time }
web-down-all = See all sites
web-act-as = Act as
web-act-as-why = This is the demo: choose one of the sample people and do their part.
web-act-as-go = Act as this person
web-person = Sample person
web-filter-open = Open
web-filter-unsettled = Unsettled
web-filter-all = All
web-opened = opened { $what }
web-runs-none = No run is open.
web-next = Next
web-order = Order
web-order-number = Number
web-order-signed = Signed
web-order-purpose = Purpose
web-order-sites = Sites
web-order-validity = Valid
web-order-to = Addressed to
web-order-named = Assigns
web-order-drafted = Drafted
web-order-initials = Initials
web-order-sent-back = Sent back by { $name }: { $note }
web-order-waits-signature = Waits for the signature of { $who }.
web-order-waits-disposition = Waits for the disposition of { $who }.
web-by-at = { $name }, { $at }
web-from-until = { $from } until { $until }
web-disposed = Disposition by { $from } ({ $name }) to { $to }, { $at }, { $urgency }: { $instruction }
web-issue = Issue
web-send-back = Send back
web-send-back-instead = Send back with a note
web-send-back-note = Note for the drafter
web-dispose = Dispose
web-dispose-to = Passed on to
web-urgency = Urgency
web-urgency-ordinary = ordinary
web-urgency-urgent = urgent
web-urgency-immediate = immediate
web-urgency-secret = secret
web-deadline = Deadline
web-instruction = Instruction
web-instruction-usual = Carry this out according to the order and report the result.
web-paper = Order (PDF)
web-paper-draft = Draft of the order (PDF)
web-paper-disposition = Disposition sheet (PDF)
web-news-issued = The order is issued under number { $number }.
web-news-sent-back = The draft went back to its drafter.
web-news-disposed = The disposition is recorded.
web-steps = Steps of the procedure
web-step-order = Order
web-step-disposition = Disposition
web-step-team = Teams
web-step-visit = Visits
web-step-report = Reports
web-step-record = Record
web-step-decision = Decision
web-step-approval = Approval
web-step-confirm = Confirmation
web-step-draft = being drafted
web-step-since = since { $time } ago
web-state-done = done
web-state-open = running
web-state-late = late
web-state-waiting = not begun
web-teams =
    { $count ->
        [one] { $count } team
       *[other] { $count } teams
    }
web-clock-of = { $counted } of { $standard }
web-clocks-within = standard { $standard }, all within
web-clocks-over = standard { $standard }, { $over } of { $count } over
web-final-report = final report
web-progress = Progress
web-figure-met = Met
web-figure-overdue = Overdue
web-figure-failed = Failed visits
web-figure-complaints = Open complaints
web-pace-needed =
    { $pace } sites a working day are needed; { $days ->
        [one] { $days } working day is
       *[other] { $days } working days are
    } left.
web-pace-now = So far { $pace } sites a working day; at this pace it ends on { $day }.
web-minutes-planned = By the standards { $planned } in all, forecast { $forecast }.
web-targets = Targets
web-site = Site
web-sites = Sites
web-district = District
web-team = Team
web-planned = Planned
web-due = Due
web-past = past
web-standing = Standing
web-complaints-short = complaints
web-target-planned = planned
web-target-under-way = under way
web-target-attempted = attempted
web-target-met = met
web-target-excused = excused
web-status-title = State of the connections
web-services-hit = Services that are hit
web-as-of = As of { $what }
web-connection = Connection
web-connected = connected
web-without = without connection
web-unknown = unknown
web-since = Since
web-look-at = Device to look at
web-last-seen = Last looked at
web-ago = { $time } ago
web-never-seen = never
web-number = Number
web-symptom = Symptom
web-received = Received
web-priority = Priority
web-complaints-none = There are no complaints.
web-complaint-at-step = step { $step }
web-complaint-ended = settled
web-symptom-down = no connection
web-symptom-slow = slow
web-symptom-flapping = comes and goes
web-symptom-wireless = wireless only
web-symptom-application = one application only
web-symptom-damage = damaged device
web-symptom-request = request or question
web-symptom-other = other
web-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
web-hours =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }
web-minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
web-failure = This cannot be done
web-who-could = Who could do it now
web-incident = Incident: { $what }
web-back = Back
web-error-not-found = There is no such thing.
web-error-method = This address does not take that method.
web-error-too-large = The form is too large.
web-error-host = This address answers only under the name of this machine.
web-error-forbidden = You may not do this.
web-error-bad-request = The request cannot be read. Go back and try again.
web-error-internal = Something failed on our side and nothing was changed. Tell the administrator the incident number.
web-error-elsewhere = This form was sent from elsewhere, so it is not accepted.
web-error-token = This page is out of date. Load it again, then send once more.
web-error-conflict = Somebody else has just changed this. Look again, then repeat.
web-error-invalid = { $what }: { $why }
web-error-setting = The database is not set up yet (rajut setup), or one of its settings cannot be used.
web-error-disk-full = The disk is full and nothing was changed. Tell the administrator, then repeat.
web-error-unavailable = The database cannot be reached at the moment. Wait a little, then repeat.
web-error-paper = The paper could not be written. Tell the administrator the incident number.
web-error-no-signer = Nobody holds the post that signs, so the draft cannot be shown.
web-error-date = The date cannot be read.
web-sign-in = Sign in
web-sign-out = Sign out
web-account = Account
web-sign-in-why = Sign in with your account to see what waits for you.
web-sign-in-wrong = Account name, password or PIN is wrong.
web-sign-in-code = The password is right. Enter the 6-digit code of your authenticator as well.
web-sign-in-wait = Too many wrong tries. Try again after { $until }.
web-sign-in-other = Somebody else
web-login = Account name
web-password = Password
web-code = 6-digit code
web-code-help = Only if you use a second factor.
web-forgotten = Forgot your password, or lost your phone? Ask an administrator for a new link.
web-pin = PIN of this phone
web-pin-new = New PIN, 6 digits
web-reason = Reason
web-invitation = Set a password
web-invitation-why = Your account name: { $what }. Set a password that only you know.
web-password-new = New password
web-password-again = Once more
web-password-old = Present password
web-password-set = Set the password
web-password-change = Change the password
web-password-help = At least 10 characters. A few unrelated words are stronger and easier to remember.
web-password-differs = The two passwords differ.
web-phones = Remembered phones
web-phones-why = On a remembered phone you sign in by a PIN, and the PIN confirms every act of authority. If a phone is lost, forget it here.
web-phone-remember = Remember this phone
web-phone-forget = Forget this phone
web-phone-label = What to call it, such as "Office phone"
web-factor = Second factor
web-factor-on = A second factor is in use: signing in by password asks for a code of the authenticator.
web-factor-why = A code of an authenticator protects the account even if somebody knows the password.
web-factor-begin = Use a second factor
web-factor-end = End the second factor
web-factor-picture = QR code for the authenticator
web-factor-seed = Without a camera, type: { $what }
web-tokens = Tokens of programs
web-tokens-why = Another program acts on your behalf with a token. Name it by its use, and revoke it when it is not needed.
web-token-new = Make a token
web-token-end = Revoke the token
web-token-label = Use
web-token-scope = May
web-token-read = read only
web-token-act = do all that I may
web-token-days = In force, days
web-token-once = This token is shown once: { $token }
web-places = Where you are signed in
web-place-here = here
web-sign-out-elsewhere = Sign out everywhere else
web-account-password-set = The password is changed; elsewhere you are signed out.
web-account-factor-set = The second factor is in use.
web-account-factor-ended = The second factor is ended.
web-account-phone-set = This phone is remembered.
web-account-phone-ended = That phone is forgotten.
web-account-token-ended = The token is revoked.
web-account-signed-out = You are signed out everywhere else.
web-error-sign-in = Sign in first.
web-error-scope = This token is for reading only.
web-error-api-token = The token is not in force.
web-error-try-again = Too many wrong tries. Wait a few minutes, then try again.
web-error-invitation = This link is not good any more. Ask an administrator for a new one.
web-error-phone = This phone is not remembered. Sign in by password.
web-first-link = Nobody can sign in yet. Set the password of the administrator ({ $login }) by this link, good for an hour: { $link }
web-no-administrator = Nobody can sign in yet, and nobody holds a post of an administrator. Add one by rajut post add ... --role admin and rajut person assign, then start again.

# The visit on the phone.
web-error-field-fact = From the field only what was seen and done on site is accepted.
web-error-not-a-photo = Only photos (JPEG, PNG, WebP) are accepted.
web-waits-visits = Your team has { $count } { $count ->
    [one] site
   *[other] sites
} to visit today.
web-look-visits = Open the visits
web-field-title = Visits
web-field-noscript = The visit page needs JavaScript: only with it are records kept where there is no network.
web-field-sun = Sunlight mode
web-field-connecting = Contacting the server
web-field-offline = No network
web-field-signed-out = Not signed in
web-field-all-sent = Everything sent
web-field-waiting-n = { $n } waiting to be sent
web-field-store-broken = Phone storage failed
web-field-store-broken-why = The phone cannot keep records. Do not go on with this phone.
web-field-sign-in = Sign in
web-field-sign-in-first = Sign in first to fetch your team's targets.
web-field-sign-in-to-send = Your session has ended. The records are safe on this phone; sign in again to send them.
web-field-no-data = This phone has no data yet. Open this page once where there is a network.
web-field-as-of = Data as of { $time }
web-field-today-n = Today: { $n } sites
web-field-today-none = No sites to visit today.
web-field-finished-n = { $n } complete
web-field-later-n = { $n } sites later
web-field-things-n = { $n } devices and links
web-field-complaints-n = Complaints: { $n }
web-field-standing-here = You are here
web-field-standing-team-there = Team is on site
web-field-standing-again = To be visited again
web-field-standing-planned = Not visited yet
web-field-not-yours = This site is not a target of your team, or this phone has no data of it yet.
web-field-back = List of visits
web-field-refused-n = Refused by the server: { $n }
web-field-refused-why = These records stay on the phone. Show them to the section head, then send them again.
web-field-send-again = Send again
web-field-send-now = Send now
web-field-others-n = { $n } records of others on this phone wait until their owners sign in.
web-field-kept-here = Everything is kept on this phone and sent as soon as there is a network.
web-field-check-in-title = Arrive at the site
web-field-team-there-since = Your team has been here since { $time }; your records join the same visit.
web-field-present = Who is present
web-field-check-in = Begin the visit
web-field-position-why = The position is recorded if the phone gives it; it is not required.
web-field-here-since = On site since { $time }
web-field-checklist = Checklist
web-field-all-good = All good
web-field-rest-good = Rest is good
web-field-group-good = All good ({ $all })
web-field-group-open = { $n } of { $all } checked
web-field-group-faults = Faults: { $n } of { $all }
web-field-lines-n = See { $n } items
web-field-not-yet = not yet
web-field-photos-n = Photos: { $n }
web-field-condition = Condition
web-field-condition-good = Good
web-field-condition-minor = Minor fault
web-field-condition-major = Major fault
web-field-condition-missing = Missing
web-field-condition-unchecked = Not checked
web-field-action = Action
web-field-action-none = None
web-field-action-clean = Cleaned
web-field-action-configure = Configured
web-field-action-repair = Repaired
web-field-action-replace = Replaced
web-field-action-escalate = Escalate
web-field-minutes = Time of the repair
web-field-minus = Change plus or minus
web-field-not-a-number = { $what }: write a number only.
web-field-new-device = The device put in
web-field-new-code = Code of the new device
web-field-new-brand = Brand
web-field-new-model = Model
web-field-new-serial = Serial number
web-field-new-inventory = Inventory number
web-field-new-owner = Owner
web-field-identity-known = Readable
web-field-identity-none = None
web-field-identity-unreadable = Unreadable
web-field-identity-unknown = To follow
web-field-owner-agency = Government
web-field-owner-provider = Provider
web-field-owner-office = This office
web-field-needs-photo = A number that is missing or unreadable needs a photo.
web-field-needs-code = Give the code of the new device.
web-field-needs-serial = Give the serial number, or choose none or unreadable.
web-field-part-title = Waiting for a part
web-field-part = Part (leave empty if none is needed)
web-field-quantity = Quantity
web-field-part-due = Needed by
web-field-note = Note
web-field-photo = Take a photo
web-field-photo-n = Photo { $n }
web-field-photo-sent = Photo sent
web-field-photo-failed = The photo cannot be read; take it again.
web-field-cancel = Close
web-field-save = Save
web-field-measure = Measure from the phone
web-field-measure-why = The phone asks the server 20 times and records how long it takes. It needs a network; without one type the readings at their items.
web-field-measure-start = Measure now
web-field-measure-running = Measuring
web-field-measure-none = The server cannot be reached from here.
web-field-measure-told = Delay { $delay } ms, jitter { $jitter } ms, loss { $loss } %
web-field-measure-mains = Mains voltage
web-field-measure-ups-load = UPS load
web-field-measure-ups-runtime = UPS reserve
web-field-measure-ups-battery-age = Age of the UPS battery
web-field-measure-rack-temperature = Temperature
web-field-measure-rack-humidity = Humidity
web-field-measure-gpon-receive = Optical receive power
web-field-measure-radio-signal = Radio signal
web-field-measure-radio-ccq = CCQ
web-field-measure-radio-snr = SNR
web-field-measure-cellular-signal = Cellular signal
web-field-measure-uptime = Uptime
web-field-measure-cpu = Processor
web-field-measure-memory = Memory
web-field-measure-device-temperature = Temperature of the device
web-field-measure-bad-ports = Broken ports
web-field-measure-clients = Clients
web-field-measure-dns = DNS
web-field-measure-hops = Hops to the NOC
web-field-measure-delay = Delay (ping)
web-field-measure-jitter = Jitter
web-field-measure-loss = Packet loss
web-field-measure-download = Download
web-field-measure-upload = Upload
web-field-measure-throughput = Of the subscribed rate
web-field-unit-v = V
web-field-unit-percent = %
web-field-unit-min = min
web-field-unit-months = months
web-field-unit-c = °C
web-field-unit-dbm = dBm
web-field-unit-db = dB
web-field-unit-h = h
web-field-unit-count = items
web-field-unit-ms = ms
web-field-unit-mbps = Mbps
web-field-class-very-good = very good
web-field-class-good = good
web-field-class-fair = fair
web-field-class-poor = poor
web-field-class-bad = bad
web-field-class-low = too low
web-field-class-high = too high
web-field-class-too-strong = too strong
web-field-complaints = Complaints at this site
web-field-verdict = Verdict
web-field-verdict-note = Note about the complaint
web-field-note-save = Keep the note
web-field-verdict-proven-repaired = Proven and repaired
web-field-verdict-proven-not-repaired = Proven, not repaired
web-field-verdict-escalate = Escalate
web-field-verdict-not-found = Not found
web-field-verdict-recovered = Recovered by itself
web-field-verdict-duplicate = Duplicate
web-field-verdict-not-ours = Not ours
web-field-symptom-down = Down
web-field-symptom-slow = Slow
web-field-symptom-flapping = On and off
web-field-symptom-wireless = Wireless only
web-field-symptom-application = One application only
web-field-symptom-damage = Damaged device
web-field-symptom-request = Request or question
web-field-symptom-other = Something else
web-field-confirm = Confirmation by the office
web-field-confirm-how = The office's answer
web-field-answer-given = Confirmed
web-field-answer-refused = Refused
web-field-answer-nobody = Nobody there
web-field-confirm-name = Name of the person met
web-field-confirm-post = That person's post
web-field-sign-here = Sign with a finger
web-field-sign-clear = Clear
web-field-sheet-photo = Photo of the sheet
web-field-sheet-taken = The photo of the signed sheet is kept.
web-field-not-certified = This records that the visit is known. It is not a certified electronic signature.
web-field-why-refused = Why it was refused
web-field-why-nobody = What was found
web-field-needs-reason = Give the reason.
web-field-needs-name = Give the name of the person met.
web-field-needs-signature = A signature or a photo of the signed sheet is needed.
web-field-confirm-save = Keep the confirmation
web-field-confirmed-by = Confirmed by { $name } ({ $post }).
web-field-confirmed-withheld = No confirmation. { $why }
web-field-confirm-again = Change the confirmation
web-field-check-out-title = Finish and leave
web-field-missing-lines = Items not checked: { $n }.
web-field-missing-verdicts = Complaints without a verdict: { $n }.
web-field-missing-confirmation = The office has not confirmed.
web-field-outcome = Outcome
web-field-outcome-complete = Complete
web-field-outcome-partial = Partial
web-field-outcome-locked = Locked
web-field-outcome-refused = Refused
web-field-outcome-no-power = No power
web-field-outcome-unsafe = Unsafe
web-field-outcome-postponed = Postponed
web-field-leave-note = Note about the visit
web-field-check-out = Done, leave
web-field-ended-title = The visit has ended
web-field-from-until = { $from } to { $until }
web-field-ended-sent = The server has received all records.
web-field-ended-kept = The records are kept on this phone and sent as soon as there is a network.
web-field-next-target = Next visit
web-field-visit-again = Visit again
