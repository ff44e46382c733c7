"""The words of conflict reports that the rules go by, in one place, to be extended.

A listing is phrases separated by commas, each a regular expression; a space in it is any white space.
"""

import re


def phrases(listing: str) -> str:
    """A pattern for any phrase of a listing."""
    options = [r"\s+".join(phrase.split()) for phrase in listing.split(",") if phrase.strip()]
    return f"(?:{'|'.join(options)})"


def any_of(*listings: str) -> re.Pattern:
    """Compiled: any phrase of the listings, as whole words."""
    return re.compile(rf"\b{phrases(','.join(listings))}\b", re.I)


# Words are masked in some reports ("k*lled", "de@d"): any letter but the first may be a symbol.
SYMBOL = r"[*@#$!0134_.·-]"


def masked(word: str) -> str:
    """A pattern for `word` in which letters may be masked, or symbols put between them."""
    return word[0] + rf"{SYMBOL}?" + rf"{SYMBOL}?".join(f"(?:{c}|{SYMBOL})" for c in word[1:])


# What became of people.
KILLED = rf"""
    {masked("kill")}\w*, {masked("dead")}(?:ly)?, died?, dies, dying, deaths?, fatalit\w+, martyr\w*,
    slain, slay\w*, slaughter\w*, {masked("murder")}\w*, assassinat\w+, execut(?:ed|es|ing|ions?),
    behead\w*, massacr\w+, lynch\w*, perish\w*, eliminat\w+, neutrali[sz]\w+, liquidat\w+, passed away,
    throats? (?:slit|cut), gunned down, shot(?! and (?:wounded|injured)), did not survive, didn't survive,
    mowed down, hanged, succumb\w*, put to death, cut down, decapitat\w*, hacked,
    fallen, claimed, los(?:t|e|ing|s of) (?:\w+ )?li(?:fe|ves),
    li(?:fe|ves) of, bod(?:y of|ies), corpses?, K\.?I\.?A, embraced (?:shahadat|martyrdom), drown\w*,
    paid the (?:supreme|ultimate) (?:price|sacrifice), lifeless, butchered, homicides?, suffocat\w+
"""
WOUNDED = rf"""
    {masked("wound")}\w*, {masked("injur")}\w*, hurt, grazed, bruised, maim\w*, W\.?I\.?A, splinters?,
    hospitali[sz]ed, amputat\w*, crippled, under treatment, fighting for (?:his|her|their) li(?:fe|ves),
    in (?:an? )?(?:\w+ )?(?:serious|grave|critical|stable) (?:condition|state), (?:bullet|gunshot) in the,
    lost (?:his|her|their|an?|one|both|two) (?:legs?|arms?|eyes?|hands?|foot|feet|limbs?|sight)
"""
CAPTURED = r"""
    arrest\w*, captur\w+, detain\w*, detentions?, apprehend\w*, apprehensions?, surrender\w*,
    in(?:to)? custody, tak(?:en|ing) (?:prisoner|away), took (?:prisoner|away), rounded up, rounding up,
    nabbed, caught, turned themselves in, picked up, interpellated, prisoners?, captives?, captivity,
    laid down their arms, prisoners of war, POWs?
"""
MISSING = r"""
    abduct\w*, kidnap\w*, missing, vanish\w*, (?:marched|led) off, hostages?,
    (?:not|never) (?:been )?seen, disappear\w*, unaccounted, carried off, led away,
    carrying off, M\.I\.A, MIA
"""
# Words that say it only where no plainer one does.
HINTS = {
    "killed": "fell, toll, costs?, buried, lives, names, burned, burnt, graves?,"
    "blown up, blew \\w+sel(?:f|ves) up",
    "wounded": "wounds, burns, hospital\\w*, treated, in a coma, survivors?, intensive care",
    "captured": "holds?, held, in custody, suspects?, intercepted, wanted",
    "missing": "taken, took, seized",
}
HARM = f"(?:{phrases(KILLED)}|{phrases(WOUNDED)})"
SEVERAL_FATES = rf"""
    (?!shot\s+and\s+killed)(?:{HARM}|loss)\s*(?:and|or|/|and/or|&)\s*{HARM},
    casualt\w+, put out of action
"""

# Who people are.
CIVILIANS = r"""
    civilians?, residents?, citizens?, villagers?, wom[ae]n, child(?:ren)?, girls?, boys?, bab(?:y|ies),
    infants?, toddlers?, minors?, teenagers?, youths?, schoolchildren, schoolgirls?, schoolboys?,
    journalists?, reporters?, photographers?, workers?, labou?rers?, farm(?:er|hand)s?, shepherds?,
    herd(?:er|sman)s?, herdsmen, pastoralists?, students?, pupils?, teachers?, professors?, lecturers?,
    traders?, merchants?, vendors?, shopkeepers?, drivers?, passengers?, travell?ers?, commuters?,
    doctors?, nurses?, medics?, paramedics?, midwi(?:fe|ves), rescuers?, worshipp?ers?, pilgrims?,
    famil(?:y|ies), mother, father, sons?, daughters?, brothers?, sisters?, couple, priests?, nuns?,
    bishops?, pastors?, imams?, clerics?, monks?, elders?, chiefs?, mayors?, councill?ors?, aid,
    humanitarian, tourists?, miners?, fisherm[ae]n, refugees?, displaced, returnees?,
    engineers?, peasants?, activists?, judges?, lawyers?, politicians?, employees?, staff, patients?,
    kids?, mechanics?, passers?-?by, contractors?, pharmacists?, watchm[ae]n, customers?,
    neighbou?rs?, relatives?, cousins?, husbands?, wi(?:fe|ves), nephews?, nieces?, uncles?, aunts?, grand\w+,
    inhabitants?, elderly, cameram[ae]n, deminers?, headm[ae]n, mukhtars?, \w*pickers?, butchers?, bakers?,
    barbers?, tailors?, carpenters?, mechanics?, porters?, truckers?, diggers?, motards?, catechists?,
    deacons?, preachers?, rabbis?, settlers?, nomads?, widows?, orphans?, guests?, spectators?, commuters?,
    cyclists?, hawkers?, sellers?, waiters?, customers?, harvesters?, woodcutters?, gatherers?, beekeepers?,
    clerks?, collectors?, non-?combatants?, locals, noncombatants?, campers?, evacuees?, asylum,
    mourners?, shoppers?, bystanders?, pedestrians?, motorists?, businessm[ae]n, hunters?, loggers?,
    cooks?, electricians?, technicians?, non-combatants?
"""
SECURITY_FORCES = r"""
    soldiers?, troops?, police(?:m[ae]n|wom[ae]n)?, officers?, guards?, guardsm[ae]n, gendarmes?, army,
    military, servicem[ae]n, service members?, regime, peshmerga, security, conscripts?, recruits?,
    marines?, paratroopers?, sailors?, airm[ae]n, pilots?, generals?, colonels?, majors?, captains?,
    lieutenants?, sergeants?, corporals?, brigadiers?, rangers?, troopers?, cadets?, bodyguards?,
    wardens?, coast ?guards?, volunteers?, apostates?, crusaders?, jawans?, sepoys?, riflem[ae]n,
    murtadd\w*, paramilitar\w+, carabineros?, peacekeepers?, vigilantes?, self-defen[cs]e,
    pro-government, pro-regime, government, sheriffs?, constables?, state-backed, allied militia\w*,
    loyalists?, loyalist militia\w*, \w+-backed militia\w*, \w+-backed fighters?
"""
ARMED_GROUPS = r"""
    militants?, terrorists?, insurgents?, gunm[ae]n, rebels?, jihad\w+, extremists?, mercenar\w+,
    bandits?, guerr?illas?, assailants?, infiltrators?, khawarij, kharijites?, takfiri\w*, wanted,
    maoists?, naxal\w*, islamists?,
    attackers?, bombers?, cells?, gang\w*, kidnappers?, operatives?, hitm[ae]n, separatists?, raiders?,
    pirates?, dissidents?, subversives?, outlaws?, warlords?
"""
# What was hit, where it tells who was.
CIVILIAN_TARGETS = r"""
    villages?, hamlets?, markets?, mosques?, churches, church, temples?, shrines?, schools?, universit\w+,
    hospitals?, clinics?, houses?, homes?, huts?, farms?, fields?, weddings?, funerals?, shops?,
    restaurants?, hotels?, caf[eé]s?, taxis?, buses, bus, minibus\w*, ferr(?:y|ies), trains?, mines?,
    bakery, bakeries, neighbou?rhoods?, suburbs?, residential, displaced, aid, IDPs?, tractor, cattle, boats?
"""
SECURITY_TARGETS = r"""
    posts?, bases?, patrols?, barracks, checkpoints?, outposts?, garrisons?, headquarters, stations?,
    positions?, convoys?, armou?red, frontline, front, camps?
"""
# Nouns that say no more than that people belong to a side.
MEMBERS = r"""
    combatants?, fighters?, militia(?:m[ae]n)?, members?, elements?, personnel, commanders?, leaders?,
    cadres?, forces, emirs?
"""

# What is done.
ATTACK_NOUNS = r"""
    attacks?, assaults?, ambush(?:es)?, raids?, (?:air ?)?strikes?, shellings?, bombings?, bombardments?,
    operations?, offensives?, massacres?, assassinations?, explosions?, blasts?, clash(?:es)?, incidents?,
    campaigns?, incursions?, executions?, landings?, airdrops?, sweeps?, sorties?, kidnappings?,
    abductions?, shootings?
"""
ATTACK_PLURALS = r"""
    attacks, assaults, ambushes, raids, (?:air ?)?strikes, bombings, operations, explosions, blasts,
    clashes, incidents, acts, incursions, shootings, campaigns?, violence, so far, in total, overall,
    throughout, since, toll (?:for|of) the (?:week|month|year)
"""
WEAPONS = r"""
    drones?, artillery, rockets?, missiles?, warplanes?, jets?, planes?, war planes?, aircraft, gunships?,
    tanks?, gunners?, shells?, helicopters?, fire, gunfire, snipers?, mines?, landmines?, IEDs?
"""

# What is said of a deed and of those who did it.
DEEDS = r"""
    \w+ed, carr(?:y|ies) out, carrying, launch\w*, conduct\w*, kill\w*, attack\w*, shot, struck, hit,
    blew, set, took, led, held, fought, stages?, execut\w*, raid\w*, storm\w*, bomb\w*, shell\w*, fires?,
    ambush\w*, target\w*, abduct\w*, kidnap\w*, arrest\w*, captur\w*, detain\w*, claim\w*, burn\w*,
    destroy\w*, continu\w*, intensif\w*, murder\w*, slaughter\w*, overr[au]n, seiz\w*, wound\w*, injur\w*,
    detonat\w*, behead\w*
"""
FIGHTING = r"""
    clash\w*, fight\w*, fought, battles?, exchang\w+ (?:of )?(?:gun)?fire, firefights?, confrontations?,
    skirmish\w*, gun ?battles?, engag\w+
"""
DONE_TO = r"""
    against, targeting, targeted, targets?, on, attack(?:ed|ing), hit, hitting, struck, striking,
    ambush(?:ed|ing), kill(?:ed|ing), bomb(?:ed|ing), shell(?:ed|ing), raid(?:ed|ing), storm(?:ed|ing),
    arrest(?:ed|ing), captur(?:ed|ing), defeat(?:ed|ing)?, fight(?:ing)?
"""
RELATED_TO = r"""
    at, from, to, for, in, of, between, with, belonging to, loyal to, allied (?:with|to), backed by,
    affiliated (?:with|to), linked to
"""
DONE_BY = r"""
    (?<!controlled\s)(?<!held\s)(?<!run\s)(?<!occupied\s)(?<!backed\s)(?<!\bled\s)by,
    (?:attacks?|operations?|raids?|(?:air)?strikes?|shelling|bombardments?|bombings?|ambush(?:es)?) of,
    blamed on, attributed to, accused, hands? of, work of, fire of, joint\w* with, together with,
    alongside, (?:operations?|raids?|campaigns?|patrols?|strikes?|offensives?) with,
    (?:participation|involvement|help|assistance) of, in (?:cooperation|coordination|partnership) with,
    support(?:ed)? (?:of|from|by)
"""
PARTS_OF_A_PARTY = r"""
    the, a, an, some, suspected, unknown, unidentified, alleged, positions?, members?, fighters?,
    elements?, convoys?, patrols?, bases?, headquarters, checkpoints?, posts?, vehicles?, of, for, by, to,
    from, belonging, forces, hideouts?, camps?
"""
SUFFERED = r"""
    lost, los(?:es|ing), losses, casualties, dead, fatalities, deaths, came under, come under, suffered,
    surrendered, fell,
    (?:was|were|been) (?:\w+ly )?(?:\w+ed|hit|struck|shot|slain|overrun|driven|taken|caught)
"""
RESPONSIBLE = r"""
    (?:was|were|is|are|stood) behind, responsible for, (?:was|were) blamed, claimed,
    announced(?! (?:that|the death))
"""
SPEAKS = r"""
    spokes\w+, commander, sources?, counted, recorded, documented, logged, registered, verified, said,
    says, stated, announced, reported, claimed, denied, confirmed, added
"""
OTHER_SOURCES = r"""
    statement, own (?:count|figures?), gives?, gave, counted, sources?, claim\w*, puts? (?:the|its),
    according to, other sources, other reports, higher, lower, revis\w+, initial\w*, rose, risen,
    earlier (?:said|reported), contradict\w*, disput\w*, conflicting, different (?:toll|figure), said,
    says
"""

SPEECH = "said, says, told \\w+, announced, reported, stated, confirmed, added, statement"
# What follows dates the words, not the deed: "police said on [Monday]".
SPOKEN = re.compile(rf"\b{phrases(SPEECH)}\s+(?:late\s+|early\s+)?(?:on\s+)?$", re.I)
COMPARISON = """
    from, than, as in, up from, down from, compared, versus, vs, previous, preceding,
    the (?:week|month|year) before
"""

# How sentences and lists hang together.
DEFINITE = "(?:the|this|these|those|that|their|its|both|such)"
OF_AN_ATTACK = """
    human cost, cost, losses, toll, death toll, dead, victims?, casualties, fatalities, wounded, injured,
    others?, fighting, violence, gunm[ae]n, attackers?, assailants?
"""
POINTS_BACK = rf"""
    as a result\b, consequently\b, in total\b, overall\b,
    (?:of|among) (?:them|these|those|{DEFINITE} {phrases(OF_AN_ATTACK)})\b,
    (?:(?:in|during|from|following|after) )?{DEFINITE} (?:\w+ )??(?:\w+ )??{phrases(ATTACK_NOUNS)}\b,
    {DEFINITE} {phrases(OF_AN_ATTACK)}\b,
    (?:they|it|he|this|these|those|others?|another|a further|an additional)\b
"""
SETS_APART = r"""
    separately, elsewhere, meanwhile, in (?:another|a separate|a different|other)\b,
    another (?:attack|incident|ambush|raid|explosion|bomb),
    a (?:second|third|separate|similar|different)\b, on the other hand, moreover, also on, earlier, later,
    a day (?:earlier|later|before|after), previously, last (?:week|month|year)
"""
DISTRIBUTION = r"""
    distribut\w+, breakdown, broken down, breaks? down, as follows, divided, split,
    spread (?:over|across), were spread, details?, geograph\w+, regional\w*,
    by (?:region|province|governorate|state|area|district|county|type|month|week|actor|perpetrator),
    of (?:those|these|the) (?:attacks|operations|incidents|strikes|raids)
"""
SELECTION = r"""
    includ\w+, notabl[ey], most (?:prominent|important|significant|serious|deadly), deadliest,
    among (?:them|these|the), of which, some of
"""
