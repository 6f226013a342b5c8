"""The field of life that a dataset belongs to, from the words in its names."""

from __future__ import annotations

import re
from collections.abc import Collection

from mlesmith_generator.profiler.dataset import GENERIC
from mlesmith_generator.profiler.words import PARTS, words
from mlesmith_generator.records import DatasetProfile

GENERAL = "general"

LEXICON: dict[str, str] = {
    "health": """patient patients hospital disease diagnosis cancer tumor tumour breast diabetes
        health heart cardiac coronary stroke thyroid clinical blood pressure cholesterol bmi glucose
        insulin medical medicine drug dose treatment symptom symptoms surgery survival mortality
        death covid virus infection vaccine pulse ecg birth births pregnancy gestation prenatal
        dementia autism schizophrenia psychiatric therapy icu nurse doctor physician smoker
        smoking hypertension kidney liver lung colorectal mammography biopsy dengue leprosy
        epilepsy migraine headache arrhythmia dermatology audiology angina platelet hemoglobin
        bilirubin albumin contraception immunization life expectancy retinopathy myeloma hiv aids
        plasma retinol carotene oasis asd monica nhefs chemo mirna rotterdam pima visits""",
    "finance": """bank loan loans credit debt mortgage deny stock stocks share shares price prices
        market return returns volume dividend equity fund funds income wealth asset assets balance
        interest rate insurance claim claims premium policy tax taxes currency exchange trading
        deposit salary wage wages pension budget invoice payment commodity inflation gdp
        bankruptcy portfolio default kreditor account transaction commodities profit profits
        k401k hmda caravan receipts dax ftse""",
    "biology": """species gene genes protein dna cell cells plant insect bird birds fish penguin
        penguins iris petal sepal flower mushroom abalone shell beak wing flipper bill culmen
        skeleton bone spider tick ticks grouse squirrel arabidopsis goldenrod gall rosette animal
        animals splice promoter ecoli yeast zoo chick weight olive lupin bees worm webworms
        crab snail snake lizard rodent hindfoot""",
    "ecology": """ecology habitat forest trees tree vegetation wildlife birdstrike quadrat pollution
        emission emissions pollutant herbicides ozone sediment wetland biodiversity nest eucalyptus
        shipwrecks glacier seaice nitrate""",
    "agriculture": """crop crops yield wheat barley oats corn maize soybean rice farm farms farmer
        fertilizer nitrogen soil harvest livestock sheep cattle milk cow cows pig gen genotype
        variety block potato blight pepper irrigation agridat acres weaning hectare sowing""",
    "housing": """house houses housing home homes apartment apartments rent rental property
        properties listing listings bedroom bedrooms bathroom bathrooms sqft sq ft condo condos
        airbnb real estate lot garage basement saratoga ames neighbourhood neighborhood room
        rooms heating txhousing""",
    "transport": """car cars vehicle vehicles automobile flight flights airline airlines airport
        aircraft plane train trains taxi taxis trip trips bike bikes bikeshare bus road traffic
        accident crash crashes mpg cylinders horsepower engine transmission driver drivers fuel
        ship ships ridership passengers commute carrier delay fatalities odometer mileage""",
    "sports": """team teams player players game games match matches season league goal goals score
        scores win wins loss batting pitching pitcher cricket cricketer football soccer basketball
        baseball hockey tennis nfl nba mlb olympic olympics athlete athletes medal race races
        marathon mile runner hitters hits runs rbi formula1 circuit grid lap laps rebounds assists
        winner loser surface csgo pntsprd tournament tourney tourneys atp rounds
        climber climbers climbing expedition""",
    "weather": """weather temperature temp rain rainfall precipitation humidity wind storm storms
        hurricane cloud clouds snow drought climate pressure dew sunshine evaporation celsius
        forecast raintomorrow sunspots sunspot station barometer gust""",
    "physics": """physics particle particles quark electron radiation radon isotope isotopes nuclide
        nuclides magnetic sonar radar signal frequency energy spectrum telescope star stars galaxy
        orbit planet planets moon asteroid earthquake earthquakes quake quakes magnitude mag
        seismic volcano volcanoes depth pulsar photon neutron decay half spin ionosphere""",
    "chemistry": """chemistry molecule molecules molecular compound compounds smiles solubility
        permeability toxicity tox acid alcohol alkaline ph glass mineral minerals magnesium sodium
        potassium calcium iron barium silicon oxide concentration atom atoms qsar bronze alloy
        litho element elements conc remifentanil""",
    "engineering": """engine sensor sensors machine machinery failure fault motor turbine valve
        pump cement concrete slag strength steel voltage current power load electricity demand cpu
        memory processor disk hardware manufacturing cylinder defect defects anneal tdp cmapss
        throughput bandwidth jobs hpc protocol queue iterations torque kwh megawatt gas""",
    "food": """wine wines beer coffee food foods recipe restaurant restaurants calories sugar taste
        flavor flavour aroma fruit vegetables meat steak menu meal soup yogurt fries candy cheese
        chocolate chipotle fastfood cuisine fat fiber carbohydrates nutrition arabica waimai""",
    "media": """movie movies film films imdb actor actors director song songs music artist artists
        album track spotify genre billboard tv episode episodes book books author news article
        articles title titles museum painting paintings moma tate broadcast comic comics character
        characters guest guests danceability chapter banning podcast video videos classic rock
        facebook twitter reddit post posts fact lyrics singer singers melody melodies midi piano
        guitar chord chords orchestra composer soundtrack soundtracks percussion drum drums
        lego pokemon pokedex game""",
    "marketing": """customer customers campaign marketing churn purchase purchases sales sale brand
        advertising ad ads click clicks product products coupon promotion store stores retail order
        orders shopping buy subscription subscriber loyalty bookings booking hotel reservation
        contact discount northwind chinook""",
    "education": """student students school schools university universities college colleges gpa
        grade grades exam exams test math reading teacher teachers course courses class sat gre
        admission admissions admit enrollment classroom lecture instructor evals tuition education
        toefl degree graduate""",
    "politics": """election elections vote votes voter voters poll polls candidate candidates party
        president presidential senate congress democrat republican democratic approval campaign
        politics political politician immigration ideology parliament trump clinton biden
        government pop lrscale partyid""",
    "society": """population census household households age gender sex race ethnicity marital
        married education occupation employment unemployment unemployed job jobs crime crimes
        arrest arrests police prison recidivism recid poverty county counties country countries
        state states religion survey respondent family families children child migration
        suicide happiness attitude abortion work worker workers hours benefits resume names
        community inmates offences sleep""",
    "language": """word words sentence sentences text language languages sentiment tweet tweets
        review reviews email emails spam sms message messages intent intents dialogue emotion topic
        concreteness imageability stance utterance query queries document corpus headline""",
    "technology": """software internet web website server computer computers phone phones app apps
        android network networks user users stackoverflow developer programming code device
        devices browser security breach breaches malware ip ram screen hd""",
}
"""Words by domain."""
_SURELY_SPORTS = frozenset(
    """batting pitching pitcher cricket cricketer football soccer basketball baseball hockey tennis
    nfl nba mlb olympic olympics athlete athletes medal marathon runner hitters rbi formula1 lap
    laps rebounds csgo pntsprd league tournament tourney tourneys atp race races climber
    climbers climbing""".split()
)
"""Words that speak of sports alone; a team, a player or a loss may be of anything."""
_PLAYED = 4
"""Other words of sports that speak of it together."""
_LEAD = 1.2
"""How far the best must be ahead of the next where it rests on little."""
_SURE = 3.0
"""Weight from which the best needs no lead."""
_DOMAINS: dict[str, tuple[str, ...]] = {}
for _domain, _words in LEXICON.items():
    for _word in _words.split():
        _DOMAINS[_word] = (*_DOMAINS.get(_word, ()), _domain)
_WEAK = frozenset(
    "conc share shares acid label reading post posts reaction "
    "age sex gender race education class test state states country title rate price prices work "
    "family children hours text game games score scores code sale sales weight block acres half "
    "corpus order orders topic "
    "user word words income names depth current power memory elements name gen lot room rooms "
    "signal season temp title titles pressure volume treatment energy test".split()
)


def domain_of(profile: DatasetProfile) -> str:
    """Return the domain whose words are most frequent in the names; `general` where none is.

    Words of the subject count most, then those of tables and of the documents' title, then those of
    columns, then those of the sentence that says what the data are; a word of several domains is
    shared among them, and words of the form in which data come are no subject. Sports want a word
    of their own, or several. Of two that are as good as equal on thin ground neither is taken.
    """
    said = set(re.findall(r"[a-z]+", profile.about.lower()))
    weights = {word: 0.5 for word in sorted(said) if word.removesuffix("s") not in said - {word}}
    for word in {part for table in profile.tables for c in table.columns for part in words(c.name)}:
        weights[word] = 1.0
    for word in {part for table in profile.tables for part in words(table.name)}:
        weights[word] = 2.0
    for word in re.findall(r"[a-z]+", profile.titled.lower()):
        weights[word] = 1.5
    for word in {*words(profile.subject), *words(profile.dataset)}:
        weights[word] = 3.0
    totals = dict.fromkeys(LEXICON, 0.0)
    for word in PARTS | GENERIC:
        weights.pop(word, None)
    if any(each.media == "midi" for each in profile.collections):
        weights["midi"] = 4.0
    for word, weight in sorted(weights.items()):
        domains = _DOMAINS.get(word) or _DOMAINS.get(word.removesuffix("s"), ())
        for domain in domains:
            totals[domain] += weight * (0.4 if word in _WEAK else 1.0) / len(domains)
    best, second = sorted(totals, key=lambda domain: -totals[domain])[:2]
    clear = totals[best] >= min(_SURE, _LEAD * totals[second])
    sure = best != "sports" or _is_sports(weights)
    return best if totals[best] >= 1.0 and clear and sure else GENERAL


def _is_sports(found: Collection[str]) -> bool:
    """Whether words speak of sports, rather than of some team or player."""
    spoken = set(LEXICON["sports"].split())
    return bool(_SURELY_SPORTS & set(found)) or len(spoken & set(found)) >= _PLAYED
