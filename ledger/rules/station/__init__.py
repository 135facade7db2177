"""Rules of stations. In reading order:

span           until when something holds
standard       is each item of the standard 九有 there, with evidence that is not too old?
coverage       which constituencies have a station
roster         which deputies belong to a station, and does each group have a convener?
rota           duties: announced, held, called off, without a record
heard          what became of an opinion, from the door to what its speaker was told
evaluation     what a station is measured by, and never by how many came
demonstration  demonstration sites, step by step, with their money
agreement      must a station's records agree?
"""
